"""Customers, and what becomes of their cards."""

from __future__ import annotations

import pytest
import stripe

from stripe_sandbox.tests.support.shopper import Shopper


def test_a_customer_is_kept_as_it_was_described(shopper: Shopper) -> None:
    made = shopper.v1.customers.create(
        {"name": "Grace", "metadata": {"team": "7"}, "address": {"city": "Arlington", "country": "US"}}
    )
    kept = shopper.v1.customers.update(
        made.id, {"email": "grace@example.com", "metadata": {"team": "", "desk": "2"}}
    )
    assert (kept.name, kept.email, kept.address and kept.address.city) == (
        "Grace",
        "grace@example.com",
        "Arlington",
    )
    assert kept.metadata.to_dict() == {"desk": "2"}
    assert [one.id for one in shopper.v1.customers.list({"email": "grace@example.com"}).data] == [made.id]
    assert shopper.events()[-2:] == ["customer.created", "customer.updated"]


def test_an_update_tells_what_was_there_before(shopper: Shopper) -> None:
    shopper.v1.customers.update(shopper.id, {"name": "Grace", "metadata": {"tier": "1"}})
    told = shopper.v1.events.list({"type": "customer.updated"}).data[0].data
    assert told.previous_attributes
    assert told.previous_attributes.to_dict() == {"name": "Ada", "metadata": {"tier": None}}
    card = shopper.saved("4242424242424242")
    shopper.v1.payment_methods.update(card, {"card": {"exp_month": 3}})
    renewed = shopper.v1.events.list({"type": "payment_method.updated"}).data[0].data
    assert renewed.previous_attributes
    assert renewed.previous_attributes.to_dict() == {"card": {"exp_month": 12}}
    created = shopper.v1.events.list({"type": "customer.created"}).data[0].data
    assert "previous_attributes" not in created.to_dict()


def test_a_customer_may_start_with_a_default_card(shopper: Shopper) -> None:
    card = shopper.card("4242424242424242")
    made = shopper.v1.customers.create(
        {"payment_method": card, "invoice_settings": {"default_payment_method": card}}
    )
    assert made.invoice_settings and made.invoice_settings.default_payment_method == card
    assert [one.id for one in shopper.v1.customers.payment_methods.list(made.id).data] == [card]


def test_only_a_card_of_ones_own_can_be_the_default(shopper: Shopper) -> None:
    card = shopper.card("4242424242424242")
    with pytest.raises(stripe.InvalidRequestError, match="must be attached"):
        shopper.v1.customers.update(shopper.id, {"invoice_settings": {"default_payment_method": card}})


def test_a_detached_card_is_no_default_any_more(shopper: Shopper) -> None:
    card = shopper.saved("4242424242424242")
    shopper.v1.customers.update(shopper.id, {"invoice_settings": {"default_payment_method": card}})
    shopper.v1.payment_methods.detach(card)
    kept = shopper.v1.customers.retrieve(shopper.id)
    assert kept.invoice_settings and kept.invoice_settings.default_payment_method is None
    assert shopper.v1.payment_methods.list({"customer": shopper.id}).data == []


def test_a_deleted_customer_is_still_known_but_can_do_nothing(shopper: Shopper) -> None:
    card = shopper.saved("4242424242424242")
    assert shopper.v1.customers.delete(shopper.id).deleted
    assert shopper.v1.customers.retrieve(shopper.id).deleted
    assert shopper.v1.customers.list().data == []
    assert shopper.v1.payment_methods.retrieve(card).customer is None
    assert shopper.events()[-2:] == ["payment_method.detached", "customer.deleted"]
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        shopper.pay("pm_card_visa")
