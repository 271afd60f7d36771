"""Lists at Stripe are read to their end, over all pages, and from the moment that was asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.clock import utc_now
from app.payments import disputes, events, intents, refunds
from tests.support.events import an_event
from tests.support.sandbox import Sandbox
from tests.support.stories import Silence

MANY = 103


@pytest.mark.long
def test_more_than_a_page_of_refunds_and_events_is_read_to_the_end(app: Flask, sandbox: Sandbox) -> None:
    silence = Silence(sandbox)
    payment = silence.charge("50")
    made = [silence.refund(payment, 1) for _ in range(MANY)]
    hour_ago = utc_now() - timedelta(hours=1)
    assert [one.id for one in refunds.created_since(hour_ago)] == made[::-1]

    told = [one.id for one in sandbox.events()]
    assert len(told) > MANY
    assert [one.id for one in events.created_since(hour_ago)] == told
    assert [one.id for one in events.after(told[0])] == told[1:]
    assert list(events.after(told[-1])) == []


def test_what_is_older_is_left_out(app: Flask, sandbox: Sandbox) -> None:
    silence = Silence(sandbox)
    payment = silence.charge("50")
    silence.refund(payment, 100)
    silence.dispute(payment)
    for at, count in ((utc_now() - timedelta(hours=1), 1), (utc_now() + timedelta(hours=1), 0)):
        assert len(list(intents.created_since(at))) == count
        assert len(list(refunds.created_since(at))) == count
        assert len(list(disputes.created_since(at))) == count


def test_an_event_that_stripe_has_no_more_is_told_apart(app: Flask, sandbox: Sandbox) -> None:
    with pytest.raises(events.UnknownEventError):
        list(events.after(str(an_event()["id"])))
