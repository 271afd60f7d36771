"""Pages add up totals of one dimension each: what they read doesn't grow with campaigns times agents."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from tests.factories import a_person
from tests.support.browsing import Visitor
from tests.support.metering import WITH, a_call, on_growth, take
from tests.support.statements import statements

PAGES = (
    "/billing",
    "/billing?by=agent",
    "/billing?by=number",
    "/billing?by=meter&show=calling",
    "/billing/live/overview",
    "/billing/wallet",
    "/billing/live/wallet",
    "/billing/payment-methods",
    "/billing/change-plan",
    "/workplace/invoices",
    "/workplace/invoices/statements/2026-11",
)
BY_ALL = ("usage_daily", "usage_rollup", "usage_event")
"""Totals by campaign, agent and more at a time, and what they are made of."""


@pytest.mark.parametrize("page", PAGES)
def test_no_page_reads_totals_by_all_of_them(app: Flask, visitor: Visitor, page: str) -> None:
    organization = on_growth()
    take(*a_call(organization, **WITH))
    visitor.begin_session(a_person(organization=organization).email)
    db.session.commit()
    with statements() as seen:
        answer = visitor.get(page)
    assert answer.status_code == 200
    # The names to choose from are found by jumps in an index, however many rows a name has.
    read = [one for one in seen if "WITH RECURSIVE" not in one]
    assert not [one for one in read if any(f" {name}" in one for name in BY_ALL)]
