"""The row of a card that Stripe names is found in its organization, and as it is now."""

from __future__ import annotations

from flask import Flask

from app.billing.cards import lookup
from app.clock import utc_now
from app.extensions import db
from app.models import PaymentMethod
from tests.factories import a_card, an_organization
from tests.support.database import behind_the_scenes


def test_it_is_one_of_the_organization_also_when_it_was_removed(app: Flask) -> None:
    harbor, other = an_organization(), an_organization()
    card = a_card(harbor)
    assert lookup.find(harbor.id, card.stripe_id) is card
    assert lookup.find(other.id, card.stripe_id) is None
    assert lookup.find(harbor.id, "pm_unknown") is None
    with behind_the_scenes() as elsewhere:
        elsewhere.execute(db.update(PaymentMethod).values(removed_at=utc_now()))
    found = lookup.find(harbor.id, card.stripe_id)
    assert found is card and card.removed_at is not None, "read again, whatever this session knew"
