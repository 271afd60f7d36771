"""An event on its page."""

from __future__ import annotations

from stripe_sandbox.testing import Process
from stripe_sandbox.tests.support.developer import Developer
from stripe_sandbox.tests.support.receiver import Receiver
from stripe_sandbox.tests.support.shopper import Shopper


def test_an_event_is_sent_again_and_its_attempts_are_told(
    developer: Developer, shopper: Shopper, stand_in: Process, receiver: Receiver
) -> None:
    event = shopper.v1.events.list().data[0]
    assert "Not tried yet" in developer.see(f"/events/{event.id}")
    receiver.status = 500
    stand_in.control.flush()
    developer.send(f"/events/{event.id}/deliveries")
    assert developer.said == "The event was sent again and refused."
    assert developer.last.text.count("answered 500") == 2
    receiver.status = 200
    developer.send(f"/events/{event.id}/deliveries")
    assert developer.said == "The event was sent again and accepted."
    assert receiver.got[-1]["id"] == event.id
