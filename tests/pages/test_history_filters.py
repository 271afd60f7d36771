"""The history's filters on the wallet page: in the address, with totals, to the calls, and in the file."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.billing.activity.filters import Filters, KindSet
from app.models import TransferKind
from app.pages.wallet.history_query import address_of, chips, describe, file_name, read_filters
from tests.billing.activity.selected import add_up, use
from tests.factories import usd
from tests.support.browsing import text_of
from tests.support.days import day_written
from tests.support.metering import NOW
from tests.support.moving import post
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

RECALL = {
    "campaign": "Recall patients",
    "agent": "Ava",
    "number": "+1 617",
    "direction": "outbound",
    "country": "MX",
}


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    owner = Owner(app, credit="100")
    post(owner.organization, TransferKind.REFUND, usd("3"), NOW, out=True)
    use(owner.organization, 600, call="c1", **RECALL)
    use(owner.organization, 1200, days=1, call="c2", **(RECALL | {"direction": "inbound"}))
    use(owner.organization, 600, days=1, call="c3", campaign="Other")
    add_up(owner.organization)
    return owner


def links(page: str, within: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]+)"', page) if within in link]


def test_names_select_usage_by_day_with_totals_and_lead_to_the_calls(owner: Owner) -> None:
    page = owner.get("/billing/wallet?campaign=Recall+patients")
    words = text_of(page)
    assert "Calls 2" in words
    assert "Usage \u2212$5.70" in words
    day = day_written(NOW.date() + timedelta(days=1))
    assert f"{day} Calling on {day} 20 min 1 \u2212$3.80" in words
    assert "Top-up" not in words[words.index("Calls 2") :]
    (newest, _) = links(page.text, "/usage-calls?")
    calls = text_of(owner.get(newest))
    assert "Calling, campaign Recall patients, November 11, 2026" in calls
    assert ("c2" in calls, "c1" in calls, "c3" in calls) == (True, False, False)


def test_every_name_narrows_it_and_all_of_them_stay_in_its_links(owner: Owner) -> None:
    query = "campaign=Recall+patients&agent=Ava&number=%2B1+617&direction=outbound&country=mx"
    page = owner.get(f"/billing/wallet?{query}")
    assert "Calls 1" in text_of(page)
    (export,) = links(page.text, "history.csv")
    rows = list(csv.DictReader(io.StringIO(owner.get(export, buffered=True).text.removeprefix("\ufeff"))))
    assert [(row["day"], row["calls"], row["units"], row["amount"]) for row in rows] == [
        ("2026-11-10", "1", "600", "-1.90")
    ]
    assert {row["number"] for row in rows} == {"'+1 617"}, "a number that a spreadsheet would add up"


def test_without_names_totals_are_of_the_lines(owner: Owner) -> None:
    words = text_of(owner.get("/billing/wallet?from=2026-11-10&to=2026-11-10"))
    assert "Usage \u2212$1.90" in words
    assert "Refunds and disputes \u2212$3.00 Net change \u2212$4.90" in words


def test_an_address_from_before_groups_were_apart_still_works(owner: Owner) -> None:
    words = text_of(owner.get("/billing/wallet?kind=calling"))
    assert "Usage \u2212$7.60 Net change \u2212$7.60" in words


@pytest.mark.parametrize(
    ("address", "filters"),
    [
        ({}, Filters()),
        ({"kind": "top_up", "from": "2026-11-10"}, Filters(TransferKind.TOP_UP).within(NOW.date(), None)),  # type: ignore[arg-type]
        ({"kind": "money_in"}, Filters(KindSet.MONEY_IN)),
        ({"kind": "returned", "to": "2026-11-10"}, Filters(KindSet.RETURNED, last_day=NOW.date())),
        ({"group": "models", "agent": " Ava "}, Filters(group="models", agent="Ava")),
        ({"country": "mx", "direction": "inbound"}, Filters(country="MX", direction="inbound")),
        ({"kind": "x", "group": "x", "direction": "x", "country": "1", "from": "x", "agent": " "}, Filters()),
        ({"agent": "a" * 256, "campaign": "a\0b"}, Filters()),
    ],
)
def test_an_address_is_read_and_written_alike_and_what_is_wrong_is_left_out(
    address: dict[str, str], filters: Filters
) -> None:
    assert read_filters(MultiDict(address)) == filters
    again = {name: str(value) for name, value in address_of(filters).items() if value is not None}
    assert read_filters(MultiDict(again)) == filters


def test_a_selection_is_said_in_words() -> None:
    assert describe(Filters(group="calling", campaign="Recall", direction="inbound", country="US")) == (
        "Calling, campaign Recall, inbound, country US"
    )
    assert describe(Filters(TransferKind.REFUND)) == "Refunds"
    assert describe(Filters()) == ""


def test_chips_keep_the_days_and_leave_out_what_only_usage_has() -> None:
    chosen = Filters(TransferKind.USAGE, campaign="Recall").within(NOW.date(), NOW.date())
    found = {
        label: ({name for name, value in address.items() if value}, is_current)
        for label, address, is_current in chips(chosen)
    }
    days = {"from", "to"}
    assert found == {
        "All": (days | {"campaign"}, False),
        "Money in": (days | {"kind"}, False),
        "Usage": (days | {"kind", "campaign"}, True),
        "Refunds": (days | {"kind"}, False),
    }
    assert [is_current for *_, is_current in chips(Filters(TransferKind.EXPIRY))] == [False] * 4


def test_each_chip_lists_what_it_says_and_is_the_current_one_then(owner: Owner) -> None:
    listed = {}
    for link in links(owner.get("/billing/wallet").text, "#found"):
        page = owner.get(link.partition("#")[0])
        (current,) = re.findall(
            r'<a [^>]+ aria-current="true">([^<]+)</a>', page.text.split('class="chips"')[1]
        )
        rows = re.findall(r'<tr id="(?:line|day)-.*?</tr>', page.text, re.DOTALL)
        listed[current] = len(rows)
    assert listed == {"All": 4, "Money in": 1, "Usage": 2, "Refunds": 1}


def test_a_month_says_its_sums_and_closing_balance_and_can_be_gone_to(owner: Owner) -> None:
    post(owner.organization, TransferKind.CREDIT, usd("20"), NOW + timedelta(days=40))
    words = text_of(owner.get("/billing/wallet"))
    for month in (
        "December 2026 Net change +$20.00 closing balance $109.40 closing balance $109.40",
        "November 2026 Usage \u2212$7.60 Refunds and disputes \u2212$3.00 Net change \u2212$10.60",
    ):
        assert month in words
    page = owner.get("/billing/wallet?month=2026-11")
    words = text_of(page)
    assert "November 2026 and before" in words
    assert "closing balance $89.40" in words
    assert '<option value="2026-11" selected>' in page.text
    assert "Newer" in words
    assert '<option value="2026-12" selected>' in owner.get("/billing/wallet?month=2026-12").text
    named = text_of(owner.get("/billing/wallet?month=2026-11&campaign=Recall+patients"))
    assert "November 2026 Net change \u2212$5.70" in named


@pytest.mark.parametrize("month", ["2026-13", "x", "2031-01", "1999-01", ""])
def test_a_month_without_history_is_no_error(owner: Owner, month: str) -> None:
    page = owner.get(f"/billing/wallet?month={month}")
    assert page.status_code == 200
    assert ("<option" in page.text) is True


@pytest.mark.parametrize(
    ("filters", "name"),
    [
        (Filters(), "wallet-harbor-dental.csv"),
        (Filters(KindSet.MONEY_IN), "wallet-harbor-dental-money-in.csv"),
        (Filters(TransferKind.USAGE, "models"), "wallet-harbor-dental-usage-models.csv"),
        (Filters(campaign="Recall \u201cA/B\u201d", agent="\u674e"), "wallet-harbor-dental-recall-a-b.csv"),
        (Filters(first_day=NOW.date()), "wallet-harbor-dental-from-2026-11-10.csv"),
        (Filters(last_day=NOW.date()), "wallet-harbor-dental-until-2026-11-10.csv"),
        (Filters().within(NOW.date(), NOW.date()), "wallet-harbor-dental-2026-11-10.csv"),
        (
            Filters(TransferKind.TOP_UP).within(NOW.date(), NOW.date() + timedelta(days=3)),
            "wallet-harbor-dental-top-up-2026-11-10-to-2026-11-13.csv",
        ),
    ],
)
def test_a_file_is_named_by_what_is_in_it(filters: Filters, name: str) -> None:
    assert file_name("harbor-dental", filters) == name
    long = file_name("harbor-dental", Filters(campaign="a" * 255, agent="b" * 255))
    assert len(long) < 160


def test_another_organizations_names_are_not_offered(owner: Owner, app: Flask) -> None:
    page = owner.get("/billing/wallet").text
    assert '<option value="Recall patients">' in page
    assert "Recall patients" not in Owner(app, credit="10").get("/billing/wallet").text
