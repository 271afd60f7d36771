"""`make audit`: what wasn't looked at is never taken for a good answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dev.upkeep import audit, pinned
from dev.upkeep.outcome import CLEAN, FOUND, UNABLE

VULNERABLE = {
    "name": "Flask",
    "version": "1.0",
    "vulns": [
        {"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"]},
        {"id": "PYSEC-2", "fix_versions": []},
    ],
}


def said(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_each_vulnerability_is_named_with_where_it_is_fixed() -> None:
    answer = audit.read(said(VULNERABLE, {"name": "ua_parser", "version": "1", "vulns": []}))
    assert answer.found == [
        "Flask 1.0 has PYSEC-1, fixed in 1.1 or 2.0",
        "Flask 1.0 has PYSEC-2, not fixed in any version",
    ]
    assert answer.looked_at == {"flask", "ua-parser"}


@pytest.mark.parametrize(
    "text", ["", "Traceback …", "[]", "{}", said({"name": "flask", "skip_reason": "not found"})]
)
def test_what_could_not_be_asked_was_not_looked_at(text: str) -> None:
    assert audit.read(text) == audit.Answer()


@pytest.mark.parametrize(
    ("found", "all_looked_at", "returned"),
    [
        ([], True, CLEAN),
        ([], False, UNABLE),
        (["flask has a hole"], False, FOUND),
        (["flask has a hole"], True, FOUND),
    ],
)
def test_it_returns_whether_it_found_something_or_could_not_look(
    monkeypatch: pytest.MonkeyPatch, found: list[str], all_looked_at: bool, returned: int
) -> None:
    def look_at(file: str) -> audit.Answer:
        return audit.Answer(found, set(pinned.pins(file)) if all_looked_at else set())

    monkeypatch.setattr(audit, "look_at", look_at)
    assert audit.main() == returned
