"""Which cards are charged, in which order."""

from __future__ import annotations

from flask import Flask

from app.billing import audit
from app.billing.auto_top_ups import card_order
from app.billing.cards import health, payment_methods
from app.clock import utc_now
from app.extensions import db
from tests.factories import a_card, an_organization


def test_the_owners_order_is_kept_and_removed_cards_are_left_out(app: Flask) -> None:
    organization = an_organization()
    cards = [a_card(organization, last4=last4, default=False) for last4 in ("1111", "2222", "3333")]
    card_order.choose(organization.id, [cards[2], cards[0], cards[1]])
    payment_methods.record_detached(organization.id, cards[0].stripe_id, audit.STRIPE)
    db.session.commit()
    assert [card.last4 for card in card_order.get_cards(organization.id)] == ["3333", "2222"]
    card_order.choose(organization.id, [cards[1]])
    assert [card.last4 for card in card_order.get_cards(organization.id)] == ["2222"]


def test_the_next_card_is_one_that_may_be_charged(app: Flask) -> None:
    organization = an_organization()
    first, second = a_card(organization, last4="1111"), a_card(organization, last4="2222", default=False)
    cards = [first, second]
    assert card_order.next_card(cards) is first
    assert card_order.next_card(cards, besides={first.id}) is second
    assert card_order.next_card(cards, besides={first.id, second.id}) is None
    health.declined(first, code="stolen_card", advice=None, at=utc_now())
    assert card_order.next_card(cards) is second
    second.exp_year = 2020
    assert card_order.next_card(cards) is second, "an expired one may have been replaced by its bank"


def test_no_card_was_declined_where_none_was_charged(app: Flask) -> None:
    assert card_order.find_declined(an_organization().id) == frozenset()
