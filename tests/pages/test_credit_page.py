"""Your credit: what is left, in which order, until when, and what it paid for."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from uuid import uuid4

import pytest
from flask import Flask

from app.billing import audit
from app.billing.credit import grants, lot_views
from app.billing.credit.grants import Grant
from app.clock import utc_now
from app.extensions import db
from app.models import CreditLot, LotKind, Organization
from tests.billing.wallet.lots.test_drawing import grant, use
from tests.factories import a_person, an_organization, usd
from tests.support.browsing import Visitor, text_of
from tests.support.metering import an_event, on_growth, take
from tests.support.statements import statements

PAGE = "/billing/wallet/credit"


@pytest.fixture
def harbor(app: Flask) -> Organization:
    return on_growth(credit="0")


@pytest.fixture
def owner(visitor: Visitor, harbor: Organization) -> Visitor:
    visitor.begin_session(a_person("dana@harbor.example", organization=harbor).email)
    return visitor


def promote(organization: Organization, days: int = 40) -> date:
    last_day = organization.local_day(utc_now() + timedelta(days=days))
    wanted = Grant(LotKind.PROMOTIONAL, usd("20"), "Launch offer", f"k{days}", last_day)
    grants.grant(organization, wanted, audit.OPERATOR)
    db.session.commit()
    return last_day


def test_lots_are_shown_with_what_is_left_and_until_when(owner: Visitor, harbor: Organization) -> None:
    grant(harbor, "paid", "19", utc_now(), top_up=uuid4())
    last_day = promote(harbor)
    shown = text_of(owner.get(PAGE))
    assert shown.index("Promotional credit") < shown.index("Paid credit")
    assert "Use by" not in shown and f"{last_day:%B} {last_day.day}, {last_day.year} $20.00" in shown
    assert "Never $19.00" in shown
    wallet = text_of(owner.get("/billing/wallet"))
    assert "$20.00 of promotional credit expires: use it by" in wallet
    with statements() as seen:
        owner.get(PAGE)
    assert len(seen) <= 14


def test_a_wallet_without_credit_says_so(owner: Visitor) -> None:
    assert "No credit is left." in text_of(owner.get(PAGE))
    assert "None of your credit expires." in text_of(owner.get("/billing/wallet"))
    assert owner.get(f"{PAGE}?before=nonsense").status_code == 200
    assert "Nothing earlier." in text_of(owner.get(f"{PAGE}?before=1"))


def test_used_up_credit_is_paged_both_ways(owner: Visitor, harbor: Organization) -> None:
    now = utc_now()
    for hours in range(lot_views.PAGE + 1, 0, -1):
        grant(harbor, "paid", "1", now - timedelta(hours=hours))
    use(harbor, str(lot_views.PAGE + 2), now)
    newest = owner.get(PAGE)
    older = re.search(r'rel="next" href="([^"]+)"', newest.text)
    assert older and 'rel="prev"' not in newest.text
    oldest = owner.get(unescape(older[1]))
    newer = re.search(r'rel="prev" href="([^"]+)"', oldest.text)
    assert newer and 'rel="next"' not in oldest.text
    again = owner.get(unescape(newer[1]))
    assert re.findall(r"credit/[0-9a-f-]{36}", again.text) == re.findall(r"credit/[0-9a-f-]{36}", newest.text)


def test_a_call_leads_to_the_credit_that_paid_and_back(owner: Visitor, harbor: Organization) -> None:
    now = utc_now()
    grant(harbor, "paid", "19", now - timedelta(hours=1), top_up=(top_up := uuid4()))
    take(an_event(harbor, "e", 1000, call="call-1", when=now), now=now)
    call = owner.get("/billing/wallet/calls?call=call-1")
    lot = db.session.scalars(db.select(CreditLot)).one()
    assert "Paid by" in text_of(call)
    assert f"{PAGE}/{lot.id}" in call.text
    page = owner.get(f"{PAGE}/{lot.id}")
    assert "What it paid for" in text_of(page)
    assert "$0.0095" in text_of(page)
    assert "/billing/wallet/lines/" in page.text
    led = owner.get(f"{PAGE}/top-ups/{top_up}", follow_redirects=False)
    assert (led.status_code, led.location) == (302, f"{PAGE}/{lot.id}")


def test_another_organization_s_credit_is_not_found(owner: Visitor) -> None:
    other = an_organization()
    grant(other, "paid", "19", top_up=(top_up := uuid4()))
    lot = db.session.scalars(db.select(CreditLot.id)).first()
    if lot is None:
        promote(other)
        lot = db.session.scalars(db.select(CreditLot.id)).first()
    for path in (f"{PAGE}/{lot}", f"{PAGE}/{uuid4()}", f"{PAGE}/top-ups/{top_up}"):
        assert owner.get(path).status_code == 404
