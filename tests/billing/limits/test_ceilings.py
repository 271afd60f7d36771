"""The catalog's ceilings of destination classes stand as limits do."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.limits import ceilings
from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.models import LimitSubject, LimitWindow, OpenedDestination, Organization
from tests.factories import an_organization, usd
from tests.support.limits import a_draft, a_limit
from tests.support.statements import statements


def reserve(organization: Organization, key: str, amount: str, to: str) -> None:
    holds.reserve(organization.id, key, usd(amount), at=utc_now(), lease=timedelta(minutes=5), to=to)
    db.session.commit()


def test_those_of_classes_that_were_called_are_read_in_one_statement(app: Flask) -> None:
    organization = an_organization(credit="1000")
    db.session.add(OpenedDestination(org_id=organization.id, destination="SO", opened_by="x"))
    assert ceilings.gather(organization.id, utc_now()) == []
    reserve(organization, "a", "250", to="AE")
    reserve(organization, "b", "20", to="SO")
    with statements() as seen:
        high, raised = ceilings.gather(organization.id, utc_now())
    assert len(seen) == 1
    assert (high.name, high.amount, high.held, high.refuses_all) == ("high", usd("50"), usd("20"), False)
    assert (raised.name, raised.amount, raised.held, raised.refuses_all) == (
        "raised",
        usd("250"),
        usd("250"),
        True,
    )
    assert raised.limit_id is None and raised.turns_at == raised.window.end
    assert ceilings.gather(an_organization().id, utc_now()) == []


def test_a_class_without_a_ceiling_and_one_that_the_catalog_has_no_more_have_none(app: Flask) -> None:
    organization = an_organization(credit="100")
    for name in ("standard", "extinct"):
        a_limit(
            organization,
            a_draft(subject=LimitSubject.DESTINATION_CLASS, name=name, window=LimitWindow.HOUR),
        )
    assert ceilings.gather(organization.id, utc_now()) == []
