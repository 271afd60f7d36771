"""The limits of the demo's Harbor: one that is near its end, one that only tells, and a request for more."""

from __future__ import annotations

from dataclasses import replace

from app.billing.audit import Actor
from app.billing.limit_settings import previews, requests, settings
from app.billing.limit_settings.drafts import Draft
from app.models import LimitSubject, LimitWindow, Organization
from app.money import MICRO, Money
from demo.companies import Company

_USED = 87
"""How much of the campaign's limit is used, in percent, or a little less."""
_STEP = 5
"""Limits are whole multiples of so many dollars."""
_A_DAY = 150


_OWNER, _MEMBER = Actor("owner@harbor.example"), Actor("member@harbor.example")


def set_limits(organization: Organization, company: Company) -> None:
    """Set them, as the history has left the wallet."""
    currency = organization.currency
    campaign = company.teams[0].campaign
    draft = Draft(
        LimitSubject.CAMPAIGN, campaign, LimitWindow.MONTH, stops=True, amount=Money(MICRO, currency)
    )
    counted = previews.find(organization, draft).counted.micro
    amount = _whole(counted * 100 // _USED, currency)
    limit = settings.put(organization, replace(draft, amount=amount), _OWNER)
    a_day = Draft(
        LimitSubject.ORGANIZATION, "", LimitWindow.DAY, stops=False, amount=Money(_A_DAY * MICRO, currency)
    )
    settings.put(organization, a_day, _OWNER)
    if limit.limit_id is not None:
        wanted = amount + Money(10 * _STEP * MICRO, currency)
        requests.ask(
            organization, limit.limit_id, wanted, _MEMBER, note="The recall list is longer than planned."
        )


def _whole(micro: int, currency: str) -> Money:
    step = _STEP * MICRO
    return Money(max(-(-micro // step), 1) * step, currency)
