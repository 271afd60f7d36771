"""Cards: added, removed, and those that stay because something needs them."""

from __future__ import annotations

from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import a_payer, a_stripe_card
from tests.support.plans import a_subscriber


@scene("payment_methods.show")
def a_card_is_removed(at: Stage) -> None:
    """The dialog that asks, and what is said then."""
    organization, _ = a_payer()
    a_stripe_card(organization, "pm_card_mastercard")
    at.enter(organization, "/billing/payment-methods")
    at.look("payment_methods.show")
    at.press("Remove Visa ending in 4242")
    at.page.get_by_role("dialog").wait_for()
    at.look("payment_methods.show")
    at.press("Remove card")
    at.is_told("was removed")
    at.look("payment_methods.show")


@scene("payment_methods.confirm_removal", "payment_methods.show")
def a_card_that_a_plan_needs(at: Stage) -> None:
    """Asked on a page of its own, and why it stays: there, and beside the card."""
    at.enter(a_subscriber(), "/billing/payment-methods")
    form = at.page.locator("main form[action*='/removal']").first
    at.look_at("payment_methods.confirm_removal", form.get_attribute("action") or "")
    at.page.goto("/billing/payment-methods")
    at.press("Remove Visa ending in 4242")
    at.page.get_by_role("dialog").wait_for()
    at.look("payment_methods.show")
