"""Every CSV file opens right in a spreadsheet: its letters, numbers, days and texts, and runs nothing."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.billing import audit
from app.billing.audit import Actor
from app.extensions import db
from app.models import TransferKind
from app.pages.csv_rows import csv_file
from tests.factories import at, usd
from tests.support.browsing import text_of
from tests.support.moving import correct, post, use
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.support.url_map import address, rules

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(A1)",
    " =1+1",
    "\u00a0=1+1",
    '"=1+1',
    "'=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\u202e=1+1",
    "-2+3+cmd|' /C calc'!A0",
]
INNER = ["Recall;=1+1", "Recall\n=1+1", "Recall; +cmd|x", "Recall;\uff20SUM(A1)"]
"""Cells of their own where `;` separates them, as it does where a comma separates decimals."""
ALTERED = ["007", "1234567890123456789", "1E5", "3-4", "1/2", "2026-11-28"]
HARMLESS = [
    "Recall",
    "A = B",
    "Harbor-Dental",
    "a@b.example",
    "Ava, Noah",
    'say "hi"',
    "two\r\nlines",
    "東京 😀",
    "x-1",
    "5 min",
]

RUNS = re.compile(r"""^[\s\xa0"\u200b\ufeff\u202e]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]""")


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    """With the worst names in everything that a file can hold."""
    found = Owner(app)
    organization = found.organization
    post(organization, TransferKind.TOP_UP, usd("50"), at("2026-08-20 12:00"))
    post(organization, TransferKind.REFUND, usd("3"), at("2026-09-03 12:00"), out=True)
    for name in (*FORMULAS, *INNER, *ALTERED, *HARMLESS):
        event = use(organization, 100_001, at("2026-09-01 08:00"), campaign=name, agent=name)
    correct(organization, event, 1, at("2026-09-02 08:00"))
    for name in FORMULAS:
        audit.record(
            organization.id, Actor(name, address="127.0.0.1"), "billing_details.changed", name, fields=[name]
        )
    db.session.commit()
    return found


def files(app: Flask, owner: Owner) -> dict[str, TestResponse]:
    """Every answer that is a CSV file."""
    known = {"UUIDConverter": uuid4(), "month": "2026-09"}
    answers = {str(rule): owner.get(address(app, rule, known), buffered=True) for rule in rules(app)}
    return {rule: answer for rule, answer in answers.items() if answer.mimetype == "text/csv"}


@pytest.mark.long
def test_every_file_says_that_it_is_utf_8_saves_under_a_name_and_runs_nothing(
    app: Flask, owner: Owner
) -> None:
    found = files(app, owner)
    assert {"/billing/wallet/history.csv", "/workplace/invoices/statements/<month>.csv"} <= set(found)
    for rule, answer in found.items():
        assert answer.content_type == "text/csv; charset=utf-8", rule
        assert answer.headers["Content-Disposition"].startswith("attachment; filename="), rule
        assert answer.data.startswith(b"\xef\xbb\xbf"), rule
        rows = rows_of(answer)
        assert {len(row) for row in rows} == {len(rows[0])}, rule
        for row in rows[1:]:
            harmful = {
                name: cell for name, cell in row.items() if RUNS.match(cell) and not is_number(name, cell)
            }
            assert not harmful, rule


@pytest.mark.parametrize(
    "path",
    [
        "/workplace/invoices/statements/2026-09.csv",
        "/billing/wallet/history.csv",
        "/billing/wallet/history.csv?kind=usage",
        "/billing/activity.csv",
    ],
)
def test_a_file_is_the_same_in_every_language_and_its_page_says_so(
    app: Flask, sandbox: Sandbox, path: str
) -> None:
    owner = Owner(app, credit="50")
    use(owner.organization, 100_001, at("2026-09-01 08:00"), posted_at=at("2026-09-01 08:00"))
    page = path.partition(".csv")[0].replace("/history", "")
    said = "(columns and terms in English, amounts with a decimal point)"
    files, pages = {}, {}
    for wanted in ("en-US", "de-DE", "fr-FR"):
        headers = {"Accept-Language": wanted}
        files[wanted] = owner.get(path, buffered=True, headers=headers).data
        pages[wanted] = text_of(owner.get(page, headers=headers))
    assert len(set(files.values())) == 1
    assert (said in pages["en-US"], "auf Englisch, Beträge mit Dezimalpunkt" in pages["de-DE"]) == (
        False,
        True,
    )


def test_numbers_and_days_stay_such_and_names_stay_as_they_are(app: Flask, owner: Owner) -> None:
    rows = rows_of(owner.get("/workplace/invoices/statements/2026-09.csv", buffered=True))
    lines = [row for row in rows if row["section"] == "line"]
    assert all(is_number("amount", row["amount"]) for row in rows)
    assert any(row["amount"].startswith("-") for row in lines)
    assert {row["posted_on"] for row in lines} == {"2026-09-03"}
    assert {row["used_on"] for row in lines} == {"", "2026-09-01"}
    assert set(HARMLESS) <= {row["campaign"] for row in lines}
    assert {f"'{name}" for name in ALTERED} <= {row["campaign"] for row in lines}


@pytest.mark.parametrize("text", [*FORMULAS, *ALTERED])
def test_text_that_a_spreadsheet_would_run_or_change_is_marked(text: str) -> None:
    assert cell_of(text).startswith("'")


@pytest.mark.parametrize("text", INNER)
def test_so_is_what_would_begin_a_cell_in_other_countries(text: str) -> None:
    assert not re.search(r"[;\n]\s*[=+@\uff20]", cell_of(text))


@pytest.mark.parametrize("text", [*HARMLESS, "", "5; -3 messages"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert cell_of(text) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("-1.20"), "-1.20"),
        (-3, "-3"),
        (Decimal("0.000001"), "0.000001"),
        (at("2026-09-01 08:00").date(), "2026-09-01"),
    ],
)
def test_what_is_no_text_is_written_exactly(value: Any, written: str) -> None:
    assert cell_of(value) == written


def cell_of(value: Any) -> str:
    """What a reader of the file finds for a cell."""
    content = "".join(csv_file([(value, "end")])).removeprefix("\ufeff")
    [[cell, end]] = csv.reader(io.StringIO(content, newline=""))
    assert end == "end"
    return cell


def rows_of(answer: TestResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def is_number(column: str, cell: str) -> bool:
    return column in {"amount", "balance", "quantity"} and re.fullmatch(r"-?\d+(\.\d+)?", cell) is not None
