"""What the tests of the dashboard share."""

from __future__ import annotations

import pytest
import stripe

from stripe_sandbox.tests.support.shopper import Shopper


@pytest.fixture
def paid(shopper: Shopper) -> stripe.PaymentIntent:
    return shopper.pay("pm_card_visa")
