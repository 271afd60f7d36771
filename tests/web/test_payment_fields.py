"""Stripe's fields are made in one place, so that wallets and Link are switched the same way in every form."""

from __future__ import annotations

import re

from config import ROOT

SCRIPTS = {file.name: file.read_text() for file in sorted((ROOT / "app/static/js").glob("*.js"))}
ELSEWHERE = {name: text for name, text in SCRIPTS.items() if name != "payment_fields.js"}


def test_one_file_makes_elements_and_says_what_they_offer() -> None:
    offering = re.compile(r"\.create\(|wallets|applePay|googlePay|allowedPaymentMethodTypes: (?!CARDS)")
    found = {name for name, text in ELSEWHERE.items() if offering.search(text)}
    assert found == set()
    for wallet in ("applePay", "googlePay", "link"):
        assert f'{wallet}: "never"' in SCRIPTS["payment_fields.js"]


def test_each_form_that_has_elements_takes_them_from_there() -> None:
    forms = {name for name, text in ELSEWHERE.items() if ".elements({" in text}
    assert forms == {"entered_card.js", "stripe_card.js"}
    for name in forms:
        assert "paymentFields(" in SCRIPTS[name]
        assert "allowedPaymentMethodTypes: CARDS" in SCRIPTS[name]


def test_no_page_makes_a_payment_method_of_a_card() -> None:
    """A confirmation token is bound to what the payer was told; a payment method is not."""
    assert not any("createPaymentMethod" in text for text in SCRIPTS.values())
