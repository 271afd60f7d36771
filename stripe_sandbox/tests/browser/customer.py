"""A person at the shop's page, with a browser."""

from __future__ import annotations

from typing import Any

import stripe
from playwright.sync_api import FrameLocator, Page, expect

from stripe_sandbox.testing import Process

_SAID = "securitypolicyviolation:"
_REPORT = f"""
document.addEventListener("securitypolicyviolation", (event) => {{
  console.error("{_SAID}", event.effectiveDirective, event.blockedURI, event.sourceFile, event.sample);
}});
"""
# What Chromium writes where no script can hear of it: before a page's first one, or about a header.
_STOPPED = (
    _SAID,
    "Content Security Policy",
    "Content-Security-Policy",
    "Trusted Type",
    "Permissions-Policy",
    "permissions policy",
)


class Customer:
    """Fills the card fields and answers challenges; `complaints` is what the browser's console said."""

    def __init__(self, page: Page, shop: str, stand_in: Process, client: stripe.StripeClient) -> None:
        self.page = page
        self.shop = shop
        self.stand_in = stand_in
        self.v1 = client.v1
        self.complaints: list[str] = []
        page.context.add_init_script(_REPORT)
        page.context.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @property
    def violations(self) -> list[str]:
        """What a Content-Security-Policy or Permissions-Policy has stopped."""
        return [one for one in self.complaints if any(part in one for part in _STOPPED)]

    @property
    def card(self) -> FrameLocator:
        return self.page.frame_locator('iframe[title="Secure payment input frame"]')

    @property
    def challenge(self) -> FrameLocator:
        return self.page.frame_locator('iframe[title="Verification challenge"]')

    @property
    def status(self) -> Any:
        return self.page.get_by_role("status")

    @property
    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("window.result")
        return found

    def open_card_form(self) -> None:
        """Come to the shop, where the card fields of a new setup intent are shown."""
        setup = self.v1.setup_intents.create({"usage": "off_session"})
        self.page.goto(self.shop)
        self.page.evaluate("options => mountCard(options)", {"clientSecret": setup.client_secret})

    def fill(self, number: str, expiration: str = "12 / 34", cvc: str = "123") -> None:
        self.card.get_by_label("Card number").fill(number)
        self.card.get_by_label("Expiration date").fill(expiration)
        self.card.get_by_label("CVC").fill(cvc)

    def save(self, number: str = "") -> None:
        """Save the card, filled in first where a number is given."""
        if number:
            self.fill(number)
        self.page.evaluate("save()")

    def pay(self, number: str = "4000002760003184") -> str:
        """Pay with a card whose bank asks, and let the page take the next step; the payment intent's id."""
        card = {"type": "card", "card": {"number": number, "exp_month": 12, "exp_year": 2034, "cvc": "123"}}
        method = self.v1.payment_methods.create(card)  # type: ignore[arg-type]
        intent = self.v1.payment_intents.create(
            {
                "amount": 5000,
                "currency": "usd",
                "allowed_payment_method_types": ["card"],
                "payment_method": method.id,
                "confirm": True,
                "use_stripe_sdk": True,
                "return_url": f"{self.shop}/back",
            }
        )
        self.page.goto(self.shop)
        self.page.get_by_role("button", name="Save card").focus()
        self.page.evaluate("secret => act(secret)", intent.client_secret)
        expect(self.challenge.get_by_role("heading")).to_be_focused()
        return intent.id
