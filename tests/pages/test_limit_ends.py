"""Open pages follow limits and ceilings through time: no transfer happens when a window ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.billing.limits import standing
from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.models import LimitCount, LimitWindow, OpenedDestination, SpendingLimit
from tests.factories import usd
from tests.support.browsing import HTMX, text_of
from tests.support.limits import a_draft, a_limit
from tests.support.metering import an_event, take
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

OVERVIEW, WALLET, CREDIT = (f"/billing/live/{page}" for page in ("overview", "wallet", "credit"))
every_poll = pytest.mark.parametrize("address", [OVERVIEW, WALLET, CREDIT])
LEASE = timedelta(minutes=5)


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app, credit="1000")


def poll(owner: Owner, address: str, tag: str = "") -> TestResponse:
    return owner.get(address, headers=HTMX | {"HX-PTag": tag})


def spend(owner: Owner, tokens: int, **names: str) -> None:
    now = utc_now()
    take(an_event(owner.organization, f"u{tokens}", tokens, when=now, **names), now=now)


def hours_pass(tag: str, hours: int) -> str:
    """Let what is counted be of so many hours ago; returns the tag of a page that was drawn then."""
    version, _, until = tag.partition("-")
    for row in db.session.query(LimitCount):
        row.window_start -= timedelta(hours=hours)
    db.session.commit()
    return f"{version}-{int(until) - hours * 3600}"


@every_poll
def test_the_end_of_a_window_is_on_an_open_page_with_its_next_poll(owner: Owner, address: str) -> None:
    a_limit(owner.organization, a_draft("3", window=LimitWindow.HOUR))
    assert "-" not in poll(owner, address).headers["HX-PTag"], "nothing changes by time alone"
    spend(owner, 250_000)
    stopped = poll(owner, address)
    assert "A limit stops all new calls." in text_of(stopped)
    tag = stopped.headers["HX-PTag"]
    assert poll(owner, address, tag).status_code == 304, "nothing is new before its end"
    over = poll(owner, address, hours_pass(tag, 1))
    assert over.status_code == 200
    assert "A limit stops" not in text_of(over)
    assert poll(owner, address, over.headers["HX-PTag"]).status_code == 304


def test_the_page_itself_knows_from_the_start_until_when(owner: Owner) -> None:
    a_limit(owner.organization, a_draft("0", window=LimitWindow.HOUR))
    for page, address in (("/billing", OVERVIEW), ("/billing/wallet", WALLET)):
        tag = poll(owner, address).headers["HX-PTag"]
        assert f'hx-ptag="{tag}"' in owner.get(page).text and "-" in tag


def test_the_wallets_sentence_about_the_limit_follows_too(owner: Owner) -> None:
    a_limit(owner.organization, a_draft("3", window=LimitWindow.HOUR))
    spend(owner, 250_000)
    stopped = poll(owner, WALLET)
    assert "$3.00 of $3.00 this hour. New calls are stopped." in text_of(stopped)
    over = poll(owner, WALLET, hours_pass(stopped.headers["HX-PTag"], 1))
    assert "$0.00 of $3.00 this hour. Stops new calls once it's reached." in text_of(over)


@every_poll
def test_the_end_of_a_raise_is_on_an_open_page_with_its_next_poll(owner: Owner, address: str) -> None:
    until = utc_now() + timedelta(hours=2)
    a_limit(owner.organization, a_draft("3", window=LimitWindow.MONTH, raised="9", until=until))
    spend(owner, 250_000)
    shown = poll(owner, address)
    assert "A limit stops" not in text_of(shown)
    version, _, ends = shown.headers["HX-PTag"].partition("-")
    assert until <= datetime.fromtimestamp(int(ends), until.tzinfo) < until + timedelta(seconds=1)
    db.session.query(SpendingLimit).one().raised_until = utc_now() - timedelta(minutes=1)
    db.session.commit()
    over = poll(owner, address, f"{version}-{int(ends) - 7300}")
    assert "A limit stops all new calls." in text_of(over)


def test_a_limit_that_only_tells_and_one_with_room_never_turn(app: Flask, owner: Owner) -> None:
    until = utc_now() + timedelta(hours=2)
    a_limit(owner.organization, a_draft("0", stops=False))
    a_limit(owner.organization, a_draft("30", window=LimitWindow.WEEK, raised="90", until=until))
    assert {one.turns_at for one in standing.gather(owner.organization.id, utc_now())} == {None}


@every_poll
def test_a_ceiling_is_said_like_a_limit_and_ends_by_itself(owner: Owner, address: str) -> None:
    db.session.add(OpenedDestination(org_id=owner.organization.id, destination="SO", opened_by="x"))
    holds.reserve(owner.organization.id, "a", usd("50"), at=utc_now(), lease=LEASE, to="SO")
    db.session.commit()
    spend(owner, 4_166_667, hold="a")  # $50.00
    holds.release(owner.organization.id, "a", at=utc_now())
    db.session.commit()
    stopped = poll(owner, address)
    said = text_of(stopped)
    assert "A limit stops calls to high risk destinations." in said
    assert "of $50.00 already counts this hour, which is the most for any organization." in said
    assert "or once the limit is raised" not in said
    assert "Review destinations" in said
    assert "/billing/wallet/limits" in stopped.text and "#destinations" in stopped.text
    over = poll(owner, address, hours_pass(stopped.headers["HX-PTag"], 1))
    assert "A limit stops" not in text_of(over)
