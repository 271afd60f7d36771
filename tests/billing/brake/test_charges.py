"""How many automatic charges an hour and a day have."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.billing.brake.charges import PER_DAY, PER_HOUR, pace_refusal
from app.billing.brake.limits import Limits
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, TopUp, TopUpStatus
from tests.factories import a_card, an_organization

LIMITS = Limits(per_hour=2, per_day=4, floor=0)
MINUTE = timedelta(minutes=1)


def charged(
    organization: Organization,
    now: datetime,
    *minutes_ago: int,
    status: TopUpStatus = TopUpStatus.SUCCEEDED,
    is_automatic: bool = True,
) -> None:
    card = a_card(organization, default=False)
    for ago in minutes_ago:
        at = now - ago * MINUTE
        top_up = TopUp(
            org_id=organization.id, amount_micro=10_000_000, currency="USD", payment_method_id=card.id,
            status=status, claimed_at=at, created_at=at, auto_month=at.date() if is_automatic else None,
        )  # fmt: skip
        db.session.add(top_up)
        db.session.flush()


@pytest.mark.parametrize(
    ("minutes_ago", "reason", "in_minutes"),
    [
        ((), None, 0),
        ((10,), None, 0),
        ((10, 61), None, 0),
        ((10, 50), PER_HOUR, 10),
        ((10, 20, 50), PER_HOUR, 40),
        ((10, 100, 200, 300), PER_DAY, 1140),
        ((10, 50, 200, 1430), PER_HOUR, 10),
        ((10, 50, 200, 1400), PER_DAY, 40),
        ((10, 100, 200, 1441), None, 0),
    ],
)
def test_as_many_as_are_allowed_and_when_there_is_room_again(
    app: Flask, minutes_ago: tuple[int, ...], reason: str | None, in_minutes: int
) -> None:
    organization, now = an_organization(), utc_now()
    charged(organization, now, *sorted(minutes_ago, reverse=True))
    expected = (reason, now + in_minutes * MINUTE) if reason else None
    assert pace_refusal(organization.id, LIMITS, now) == expected


def test_what_is_under_way_counts_and_canceled_ones_and_peoples_do_not(app: Flask) -> None:
    organization, now = an_organization(), utc_now()
    charged(organization, now, 5, 6, 7, status=TopUpStatus.CANCELED)
    charged(organization, now, 5, 6, 7, is_automatic=False)
    charged(organization, now, 50, status=TopUpStatus.SUCCEEDED)
    assert pace_refusal(organization.id, LIMITS, now) is None
    charged(organization, now, 5, status=TopUpStatus.PAYING)
    assert pace_refusal(organization.id, LIMITS, now) == (PER_HOUR, now + 10 * MINUTE)
