"""Lighthouse's scores: the median of what takes time, and a run that fails below 100."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask

from dev.lighthouse import visiting
from dev.lighthouse.program import HERE
from dev.lighthouse.scores import CATEGORIES, Run, Score, Sheet, measure
from dev.page_map import SIGNED_OUT, pages

FULL = Run(dict.fromkeys(CATEGORIES, 100))
SLOW = Run(dict.fromkeys(CATEGORIES, 100) | {"performance": 92}, ("performance: speed-index (1.9 s)",))


def test_what_is_full_is_measured_once_and_what_is_not_until_there_is_a_median() -> None:
    assert len(measure("wallet.show", "mobile", lambda: FULL).runs) == 1
    runs = iter([SLOW, FULL, FULL])
    found = measure("wallet.show", "mobile", lambda: next(runs))
    assert found.is_full and len(found.runs) == 3
    slow = measure("wallet.show", "mobile", lambda: SLOW)
    assert not slow.is_full and slow.why == ["performance: speed-index (1.9 s)"]


def test_a_run_that_failed_is_not_full() -> None:
    found = Score("wallet.show", "mobile", (Run({}, problem="no page"),))
    assert not found.is_full and found.why == ["no page"]
    assert not Score("wallet.show", "mobile", (Run(FULL.scores, problem="leads to /sign-in"),)).is_full
    assert not Sheet().is_full


def test_a_page_that_nothing_leads_to_is_named_and_not_full(application: Flask) -> None:
    sheet = Sheet([Score("wallet.show", "mobile", (FULL,))])
    assert sheet.is_full
    sheet.not_found = visiting.find_missing(application, {"wallet.show"})
    assert not sheet.is_full
    assert "overview.show: not run, because nothing in the demo leads to it" in sheet.draw()
    assert "wallet.show" not in sheet.not_found
    assert not set(sheet.not_found) & set(visiting.NOT_BY_ITSELF)


def test_the_table_names_page_scores_and_why() -> None:
    drawn = Sheet([Score("wallet.show", "mobile", (SLOW,))]).draw()
    assert ["wallet.show", "mobile", "92", "100", "100", "100", "1"] in [
        line.split() for line in drawn.splitlines()
    ]
    assert "  performance: speed-index (1.9 s)" in drawn


def test_what_was_lost_names_the_audit_and_where() -> None:
    answer = {
        "scores": {"seo": 92},
        "lost": [{"category": "seo", "audit": "meta-description", "said": "None", "items": [{"node": {"selector": "head"}}]}],
        "problem": None,
    }  # fmt: skip
    assert Run.read(answer).lost == ("seo: meta-description (None) head",)


def test_the_version_is_exact_and_the_lock_file_names_no_registry() -> None:
    package = json.loads((HERE / "package.json").read_text())
    lock = json.loads((HERE / "package-lock.json").read_text())
    wanted = package["dependencies"]["lighthouse"]
    assert lock["packages"]["node_modules/lighthouse"]["version"] == wanted
    assert not [name for name, each in lock["packages"].items() if "resolved" in each]
    assert not [name for name, each in lock["packages"].items() if name and "integrity" not in each]


def test_each_page_is_one_for_people_signed_in_or_not(application: Flask) -> None:
    known = {rule.endpoint for rule in pages(application)}
    assert known >= SIGNED_OUT
    assert set(visiting.signed_out(application)) <= SIGNED_OUT
    for path in Path(HERE).glob("*.mjs"):
        assert "lighthouse" in path.read_text()
