"""The story of an organization: every part of it, in the order of time, page by page, and nothing of another's."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing import audit
from app.billing.platform import messages
from app.clock import utc_now
from app.extensions import db
from app.models import (
    AuditEvent,
    Dispute,
    Hold,
    HoldState,
    Invoice,
    InvoiceStatus,
    Organization,
    TopUp,
    TopUpStatus,
)
from app.operators import timeline
from app.operators.timeline_parts import Part
from tests.cli.test_mail_commands import a_mail
from tests.factories import OWNER, a_card, a_person, an_organization, usd


def fill(organization: Organization) -> None:
    """One thing of each part, besides what making an organization leaves."""
    a_person(organization=organization)
    a_mail(organization)
    card, now = a_card(organization, default=False), utc_now()
    top_up = TopUp(
        org_id=organization.id,
        amount_micro=5_000_000,
        currency="USD",
        status=TopUpStatus.DECLINED,
        payment_method_id=card.id,
        decline_code="insufficient_funds",
    )
    db.session.add(top_up)
    db.session.flush()
    of = {"org_id": organization.id, "amount_micro": 5_000_000, "currency": "USD"}
    db.session.add_all(
        [
            Invoice(
                **of,
                stripe_id="in_1",
                number="1",
                description="Growth",
                issued_at=now,
                status=InvoiceStatus.PAID,
            ),
            Dispute(
                **of,
                stripe_id=f"dp_{organization.id}",
                top_up_id=top_up.id,
                status="lost",
                reason="x",
                opened_at=now,
            ),
            Hold(
                org_id=organization.id,
                key="k",
                amount_micro=1,
                call="call-1",
                expires_at=now,
                state=HoldState.RELEASED,
            ),
        ]
    )
    messages.topped_up(organization.id, top_up_id=top_up.id, credited=usd("5"), available=usd("5"), at=now)
    audit.record(organization.id, OWNER, "organization.changed", organization.slug)
    db.session.commit()


@pytest.fixture
def harbor(app: Flask) -> Organization:
    harbor, pine = (an_organization(name, credit="5") for name in ("Harbor Dental", "Pine Realty"))
    for one in (harbor, pine):
        fill(one)
    return harbor


def test_each_part_has_its_own_and_holds_only_where_they_are_asked_for(harbor: Organization) -> None:
    everything = timeline.page(harbor).rows
    assert {one.part for one in everything} == set(Part) - {Part.HOLDS}
    for part in Part:
        rows = timeline.page(harbor, part).rows
        assert {one.part for one in rows} == {part}
        if part is not Part.HOLDS:
            assert [one.id for one in rows] == [one.id for one in everything if one.part is part]


def test_it_says_what_how_much_and_how_it_went(harbor: Organization) -> None:
    by_part = {one.part: one for one in timeline.page(harbor).rows}
    top_up = by_part[Part.TOP_UPS]
    assert (top_up.state, top_up.note, top_up.amount) == ("declined", "insufficient_funds", usd("5"))
    assert by_part[Part.CREDIT].amount == usd("5")
    assert by_part[Part.AUDIT].actor == OWNER.name
    assert by_part[Part.EMAILS].amount is None


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_have_everything_once_in_order_there_and_back(harbor: Organization, size: int) -> None:
    """Also what happened at the same moment."""
    now = utc_now() - timedelta(days=1)
    db.session.add_all(
        AuditEvent(org_id=harbor.id, at=now, actor="x", action="refund", subject="s", id=uuid4(), details={})
        for _ in range(4)
    )
    db.session.commit()
    whole = [one.id for one in timeline.page(harbor).rows]
    there: list[UUID] = []
    page = timeline.page(harbor, size=size)
    while True:
        there += [one.id for one in page.rows]
        if page.older is None:
            break
        page = timeline.page(harbor, size=size, before=page.older)
    assert there == whole
    back = [one.id for one in page.rows]
    while page.newer is not None:
        page = timeline.page(harbor, size=size, after=page.newer)
        back = [one.id for one in page.rows if one.id not in back] + back
    assert back == whole
