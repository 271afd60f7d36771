"""Requests that no one has to decide any more."""

from __future__ import annotations

from flask import Flask

from app.billing.audit import Actor
from app.billing.limit_settings import requests
from app.billing.limit_settings.closing import close_requests
from app.clock import utc_now
from app.models import LimitSubject, RequestState
from tests.factories import an_organization, usd
from tests.support.limits import a_draft, a_limit


def test_only_those_of_the_limit_are_closed(app: Flask) -> None:
    organization = an_organization()
    ids = [a_limit(organization, a_draft(subject=LimitSubject.AGENT, name=name)).limit_id for name in "AB"]
    asked = [
        requests.ask(organization, limit_id, usd("9"), Actor("x")) for limit_id in ids if limit_id is not None
    ]
    close_requests(organization.id, asked[0].limit_id, utc_now())
    states = [requests.find(organization.id, one.id).request.state for one in asked]
    assert states == [RequestState.OBSOLETE, RequestState.WAITING]
