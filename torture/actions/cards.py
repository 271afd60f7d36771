"""Cards: added with Stripe's form, made the default, removed."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import msgspec

from torture.stage import Person
from torture.stripe_side import StripeSide

CARDS = "/billing/payment-methods"
TOKENS = (
    "pm_card_visa",
    "pm_card_visa",
    "pm_card_mastercard",
    "pm_card_amex",
    "pm_card_chargeCustomerFail",
    "pm_card_threeDSecure2Required",
    "pm_card_authenticationRequiredOnSetup",
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
    "pm_card_createDispute",
    "pm_card_createDisputeInquiry",
    "pm_card_pendingRefund",
    "pm_card_refundFail",
)
"""Stripe's test cards (https://docs.stripe.com/testing): some pay, some are declined, some ask, some are disputed."""


def add(person: Person, chance: Random, bank: StripeSide, *, token: str | None = None) -> str:
    """Add a card as the page's script does: begin, let Stripe confirm, and hand the result in."""
    browser = person.browser
    page = browser.get(f"{CARDS}/new")
    form = page.form(CARDS)
    if form is None:
        return f"no form ({page.status})"
    setup = browser.submit(page, replace(form, action=f"{CARDS}/setups"))
    if setup.status != 201:
        return f"answered {setup.status}"
    secret = str(msgspec.json.decode(setup.text)["client_secret"])
    status = bank.save_card(secret, token or chance.choice(TOKENS))
    if status == "requires_action":
        bank.control.answer_challenge(secret, chance.choice(["complete", "complete", "fail"]))
    answer = browser.submit(page, form, setup_intent=secret.partition("_secret")[0])
    return "saved" if answer.status < 400 else f"answered {answer.status}"


def make_default(person: Person, chance: Random, _: StripeSide) -> str:
    """Make another card the default."""
    page = person.browser.get(CARDS)
    forms = page.forms("/default")
    if not forms:
        return "no other card"
    return f"answered {person.browser.submit(page, chance.choice(forms)).status}"


def remove(person: Person, chance: Random, _: StripeSide) -> str:
    """Remove a card, while there are some."""
    page = person.browser.get(CARDS)
    forms = page.forms("/removal")
    if len(forms) < 3:
        return "too few cards"
    return f"answered {person.browser.submit(page, chance.choice(forms)).status}"
