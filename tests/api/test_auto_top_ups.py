"""Auto top-up over the API, and what the platform is told of it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from app.billing.auto_top_ups import settings
from app.billing.platform import endpoints
from app.extensions import db
from app.models import PlatformMessage
from tests.factories import OWNER, a_card, an_organization
from tests.support.auto_top_ups import switch_on
from tests.support.platform import Platform, is_problem


def usd(amount: str) -> dict[str, str]:
    return {"amount": f"{amount}0000", "currency": "USD"}


def test_it_says_what_owners_agreed_to_and_what_comes_next(platform: Platform) -> None:
    organization = an_organization(credit="60")
    before = platform.get(f"/organizations/{organization.id}/auto-top-up").json
    assert (before["is_on"], before["threshold"], before["next"]) == (False, None, None)
    switch_on(organization, a_card(organization))
    told = platform.get(f"/organizations/{organization.id}/auto-top-up").json
    assert (told["is_on"], told["threshold"], told["refill_to"]) == (True, usd("20.00"), usd("100.00"))
    assert (told["monthly_limit"], told["charged_this_month"]) == (usd("400.00"), usd("0.00"))
    assert (told["next"]["usual"], told["next"]["is_below"]) == (usd("80.00"), False)
    assert "4242" not in str(told)
    settings.turn_off(organization, OWNER)
    off = platform.get(f"/organizations/{organization.id}/auto-top-up").json
    assert (off["is_on"], off["off_reason"], off["next"]) == (False, "owner", None)


def test_another_organization_is_unknown(platform: Platform) -> None:
    is_problem(platform.get(f"/organizations/{uuid4()}/auto-top-up"), 404, "not-found")


@pytest.mark.parametrize("is_on", [True, False])
def test_the_platform_is_told_when_it_is_switched(platform: Platform, is_on: bool) -> None:
    endpoints.add("http://127.0.0.1:9/missing")
    organization = an_organization(credit="60")
    switch_on(organization, a_card(organization))
    if not is_on:
        settings.turn_off(organization, OWNER)
    query = db.select(PlatformMessage.data).filter_by(org_id=organization.id, type="auto_top_up.switched")
    newest = list(db.session.scalars(query.order_by(PlatformMessage.position)))[-1]
    assert newest == {"is_on": is_on, "reason": None if is_on else "owner"} | {
        name: newest[name] for name in newest if name not in {"is_on", "reason"}
    }
