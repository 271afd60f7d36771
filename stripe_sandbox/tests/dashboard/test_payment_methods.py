"""A card on its page."""

from __future__ import annotations

from stripe_sandbox.tests.support.developer import Developer
from stripe_sandbox.tests.support.shopper import Shopper


def test_the_network_renews_a_card_and_a_card_is_detached(developer: Developer, shopper: Shopper) -> None:
    card = shopper.saved("4242424242424242")
    developer.send(f"/payment_methods/{card}/network_update", exp_month="13", exp_year="2041")
    assert developer.said == "Month: enter a whole number from 1 to 12."
    developer.send(f"/payment_methods/{card}/network_update", exp_month="3", exp_year="2041")
    renewed = shopper.v1.payment_methods.retrieve(card).card
    assert renewed
    assert (renewed.exp_month, renewed.exp_year) == (3, 2041)
    developer.send(f"/payment_methods/{card}/detachment")
    assert shopper.v1.payment_methods.retrieve(card).customer is None
    assert shopper.events()[-2:] == ["payment_method.automatically_updated", "payment_method.detached"]
    developer.send(f"/payment_methods/{card}/detachment")
    assert developer.last.status_code == 400
