"""Calls that last unusually long, on the pages."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from app.billing.wallet import holds, ledger, overdue_calls
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from app.money import Money
from tests.factories import a_person, an_organization, usd
from tests.support.browsing import Visitor, text_of

PAGE = "/billing/wallet/calls-in-progress"


@pytest.fixture
def harbor(app: Flask) -> Organization:
    organization, now = an_organization(credit="20"), utc_now()
    for key, hours in (("old", 5), ("new", 1)):
        holds.reserve(
            organization.id,
            key,
            Money(1_000_000, "USD"),
            at=now - timedelta(hours=hours),
            lease=timedelta(hours=9),
            call=f"call-{key}",
        )
    overdue_calls.name_overdue(organization.id, at=now)
    db.session.commit()
    return organization


@pytest.fixture
def owner(visitor: Visitor, harbor: Organization) -> Visitor:
    visitor.begin_session(a_person("dana@harbor.example", organization=harbor).email)
    return visitor


def action(owner: Visitor, ending: str) -> str:
    return next(
        part for part in owner.get(PAGE).text.split('"') if part.startswith(PAGE) and part.endswith(ending)
    )


def test_it_is_asked_about_where_it_is_listed_and_on_the_overview(owner: Visitor) -> None:
    page = text_of(owner.get(PAGE))
    assert page.count("Longer than usual") == page.count("Is this call still in progress?") == 1
    overview = owner.get("/billing")
    assert "Is it still in progress?" in text_of(overview)
    assert f"{PAGE}/" not in overview.text


def test_it_is_ended(owner: Visitor, harbor: Organization) -> None:
    owner.post(action(owner, "/end"), {})
    said = owner.get(PAGE)
    assert "call-old has ended. Its credit is available again." in text_of(said)
    assert ledger.lock(harbor.id).available == usd("19")
    assert "Longer than usual" not in text_of(owner.get(PAGE))


def test_it_goes_on(owner: Visitor) -> None:
    owner.post(action(owner, "/confirmation"), {})
    said = owner.get(PAGE)
    assert "call-old continues." in text_of(said)
    assert "Longer than usual" not in text_of(owner.get(PAGE))


def test_a_call_of_no_one_is_not_ended(owner: Visitor) -> None:
    for ending in ("end", "confirmation"):
        owner.post(f"{PAGE}/{uuid4()}/{ending}", {})
        assert "already ended" in text_of(owner.get(PAGE))
