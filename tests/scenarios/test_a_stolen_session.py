"""Someone has an owner's session and wants the money of the saved cards: what they get, over HTTP, as fast as they can."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask

from app.billing import topups
from app.billing.topups import DailyLimitReachedError, daily_limits
from app.extensions import db
from app.models import Mail
from tests.factories import OWNER, usd
from tests.support.money import assert_ledger_matches, credited
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox, deliver_all
from tests.support.serving import serving

CLICKS = 60
BY_STRIPE = "POST /v1/payment_intents"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


def press_all(app: Flask, owner: Owner, reviews: list[str]) -> Counter[int]:
    """Press Pay on all of them at the same moment, each on a connection of its own; how often each status came."""
    headers = {
        "Cookie": "; ".join(f"{cookie.key}={cookie.value}" for cookie in owner.client._cookies.values()),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urlencode({"csrf_token": owner.token()})
    together = Barrier(len(reviews))

    def press(address: str, review: str) -> int:
        connection = HTTPConnection(urlsplit(address).netloc, timeout=120)
        together.wait()
        connection.request("POST", f"{review}/payments", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    with serving(app) as address, ThreadPoolExecutor(len(reviews)) as hands:
        return Counter(hands.map(lambda review: press(address, review), reviews))


@pytest.mark.parametrize("webhooks_are_late", [False, True])
def test_sixty_clicks_of_the_largest_amount_end_at_the_daily_limit(
    app: Flask, sandbox: Sandbox, owner: Owner, webhooks_are_late: bool
) -> None:
    reviews = [owner.review("5000") for _ in range(CLICKS)]
    if webhooks_are_late:
        # What Stripe answers is lost, so that what was charged is only known when its webhooks arrive.
        sandbox.fail(BY_STRIPE, "drop_after", times=10 * CLICKS)
    found = press_all(app, owner, reviews)
    # On a busy machine, some find the wallet locked for too long, and are told to try again.
    assert set(found) <= {303, 422, 503}
    db.session.rollback()
    assert daily_limits.gather(owner.organization.id).left == usd("0")
    sandbox.clear_faults()
    deliver_all(app, sandbox)
    assert credited(owner.organization) == [5000, 5000]
    assert len([charge for charge in sandbox.charges() if charge.paid]) == 2
    assert_ledger_matches(owner.organization, sandbox)
    with pytest.raises(DailyLimitReachedError):
        topups.begin(owner.organization, usd("10"), owner.card.id, OWNER)
    told = db.session.query(Mail).filter_by(kind="unusual_top_up", recipient=owner.email).all()
    assert [mail.facts["reason"] for mail in told] == ["limit"]
