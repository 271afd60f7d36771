"""Page, PDF and CSV of a month say what the ledger says, to the micro-unit, and say it for good once it is over."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings

from app.billing import statements
from app.billing.audit import Actor
from app.billing.customers import details as billing_details
from app.billing.customers.validation import Details
from app.billing.statements import Statement
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, TransferKind
from app.months import Month
from app.pages.labels import movements_label
from app.people.provisioning import Wanted, provision
from app.web.formatting import money_exact, number
from app.web.quantity_text import units
from tests.factories import a_person, an_organization, at, usd
from tests.support.browsing import Visitor, text_of, text_on_wide_screen
from tests.support.months import Step, closings, play, plays, zones
from tests.support.moving import correct, post, use
from tests.support.pdfs import packed, words


class Owner(Visitor):
    """Signed in once, because that is slow by design, and the owner of each organization again."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app.test_client())
        self.email = a_person(organization=an_organization()).email
        self.begin_session(self.email)

    def of_a_new_organization(self, zone: str) -> Organization:
        organization = an_organization(timezone=zone)
        a_person(self.email, organization=organization)
        assert self.post("/organization", {"organization": str(organization.id)}).status_code == 302
        return organization


@pytest.fixture
def owner(app: Flask) -> Owner:
    return Owner(app)


@pytest.mark.long
@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(zone=zones, played=plays)
def test_all_documents_of_any_month_equal_the_ledger(owner: Owner, zone: str, played: list[Step]) -> None:
    organization = owner.of_a_new_organization(zone)
    play(organization, played)
    months = statements.months(organization)
    in_ledger = closings(organization)
    listed = {line.month: line for line in statements.list_months(organization)}
    assert list(listed) == months
    for newer, month in pairwise(months):
        found = statements.gather(organization, month)
        assert in_ledger.get(month, found.opening) == found.closing
        equals_the_file(found, csv_of(owner, month))
        line = listed[month]
        assert (line.opening, line.added, line.used, line.closing) == (
            found.opening,
            found.added,
            found.used,
            found.closing,
        )
        if month in in_ledger:
            rounded = statements.to_the_cent(found)
            for statement, document in (
                (found, packed(text_on_wide_screen(owner.get(f"{address(month)}?exact=1")))),
                (rounded, packed(text_on_wide_screen(owner.get(address(month))))),
                (rounded, pdf_of(owner, month)),
            ):
                assert [one for one in said(statement) if packed(one) not in document] == []
        assert statements.gather(organization, newer).opening == found.closing


def test_a_month_that_is_over_keeps_its_documents(owner: Owner) -> None:
    organization = owner.of_a_new_organization("America/New_York")
    play(organization, [("top up", 0, 3_000_000), ("use", 60, 7), ("refund", 60, 50), ("late", 60, 9)])
    month = statements.months(organization)[-1]
    used = use(organization, 7_003, at("2026-03-09 12:00"))
    before = files_of(owner, month)
    # What is said of March once it is over is in the month in which it is said.
    april = at("2026-04-05 12:00")
    use(organization, 2_000, at("2026-03-09 13:00"), posted_at=april)
    correct(organization, used, 1, april)
    for kind in (TransferKind.REFUND, TransferKind.DISPUTE, TransferKind.EXPIRY):
        post(organization, kind, usd("0.37"), april, out=True)
    post(organization, TransferKind.TOP_UP, usd("10"), utc_now())
    use(organization, 1_000, utc_now())
    change_all_that_documents_say(organization)
    assert files_of(owner, month) == before
    assert (
        statements.gather(organization, month.following).opening
        == statements.gather(organization, month).closing
    )
    this_month = text_of(owner.get(address(statements.months(organization)[0])))
    assert "New name" in this_month
    assert "Harbor Dental LLC" in this_month
    assert "Asia/Tokyo" in this_month


def address(month: Month) -> str:
    return f"/workplace/invoices/statements/{month}"


def change_all_that_documents_say(organization: Organization) -> None:
    wanted = Wanted(name="New name", timezone="Asia/Tokyo")
    provision(organization.id, wanted, Actor("test"))
    details = Details(legal_name="Harbor Dental LLC")
    billing_details.save(organization, details, 0, Actor("test"))
    db.session.commit()


def files_of(owner: Visitor, month: Month) -> list[bytes]:
    return [owner.get(f"{address(month)}{ending}", buffered=True).data for ending in (".csv", ".pdf")]


def csv_of(owner: Visitor, month: Month) -> list[dict[str, str]]:
    return list(
        csv.DictReader(
            io.StringIO(owner.get(f"{address(month)}.csv", buffered=True).data.decode("utf-8-sig"))
        )
    )


def pdf_of(owner: Visitor, month: Month) -> str:
    return words(owner.get(f"{address(month)}.pdf").data)


def equals_the_file(found: Statement, rows: list[dict[str, str]]) -> None:
    """Its sums are the statement's, and so are the sums of its lines."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    lines: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        amount = Decimal(row["amount"])
        if row["section"] != "line":
            sums[row["section"], row["what"]] += amount
            continue
        lines["all", ""] += amount
        if row["used_on"]:
            lines["usage", row["what"]] += amount
            lines["usage by campaign", row["campaign"]] += amount
            lines["usage by agent", row["agent"]] += amount
            if row["used_on"] < found.month.first.isoformat():
                lines["usage from earlier days", row["used_on"]] += amount
    assert sums.pop(("balance", "opening")) == found.opening.decimal
    assert sums.pop(("balance", "closing")) == found.closing.decimal
    assert lines.pop(("all", ""), 0) == (found.closing - found.opening).decimal
    moves = {("movement", movements_label(move.kind)): move.amount.decimal for move in found.moves}
    assert dict(sums) == dict(lines) | moves


def said(found: Statement) -> Iterator[str]:
    """What each document for people has to say."""
    yield f"Opening balance {money_exact(found.opening)}"
    yield f"Closing balance {money_exact(found.closing)}"
    for move in found.moves:
        yield f"{movements_label(move.kind)} {number(move.count)} {money_exact(move.amount)}"
    for used in found.usage:
        yield f"{units(used.quantity)} {money_exact(-used.cost)}"
    for campaign in found.campaigns:
        yield f"{campaign.name or 'No campaign'} {money_exact(campaign.cost)}"
    for agent in found.agents:
        yield f"{agent.name or 'No agent'} {money_exact(agent.cost)}"
    for late in found.late:
        yield money_exact(late.cost)
