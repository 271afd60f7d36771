"""Top-ups: chosen, reviewed, asked about by the bank, declined, paid, canceled; and their daily limit."""

from __future__ import annotations

from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import a_payer, an_organization
from tests.support.plans import ALWAYS_3DS


@scene("wallet.show", "wallet.show_top_up")
def a_top_up_with_the_bank(at: Stage) -> None:
    """Refused, reviewed, the challenge's dialog, declined, paid."""
    organization, _ = a_payer(ALWAYS_3DS)
    at.enter(organization, "/billing/wallet")
    at.page.get_by_role("radio", name="Other amount").check()
    at.press("Review top-up")
    at.is_refused()
    at.look("wallet.show")
    at.page.get_by_role("textbox", name="Other amount").fill("20")
    at.press("Review top-up")
    at.page.get_by_role("button", name="Pay $20.00").wait_for()
    at.look("wallet.show_top_up")
    at.press("Pay $20.00")
    challenge = at.page.frame_locator("dialog iframe")
    challenge.get_by_role("button", name="Fail").wait_for()
    at.look("wallet.show_top_up")
    challenge.get_by_role("button", name="Fail").click()
    at.see("Not paid")
    at.look("wallet.show_top_up")
    at.press("Pay $20.00")
    challenge.get_by_role("button", name="Complete").click()
    at.see("$20.00 was charged to")
    at.look("wallet.show_top_up")


@scene("wallet.show")
def a_top_up_is_canceled(at: Stage) -> None:
    """Reviewed, left at the bank's question, and canceled."""
    at.enter(a_payer(ALWAYS_3DS)[0], "/billing/wallet")
    at.press("Review top-up")
    at.press("Pay $50.00")
    at.page.frame_locator("dialog iframe").get_by_role("button", name="Fail").wait_for()
    at.page.keyboard.press("Escape")
    at.see("Not paid")
    at.press("Cancel top-up")
    at.see("canceled")
    at.look("wallet.show")


@scene("wallet.show", "payment_methods.new")
def a_card_in_the_form(at: Stage) -> None:
    """Stripe's fields, where no card is saved: as they come, and with what is wrong in them."""
    number = at.page.frame_locator("iframe[title='Secure payment input frame']").get_by_label("Card number")
    at.enter(an_organization(), "/billing/wallet")
    number.wait_for()
    at.look("wallet.show")
    at.press("Review top-up")
    at.look("wallet.show")
    at.page.goto("/billing/payment-methods/new")
    number.wait_for()
    at.press("Save card")
    at.look("payment_methods.new")


@scene("wallet.show_daily_limit")
def the_daily_limit(at: Stage) -> None:
    """As it comes, refused, lowered, and a raise that is to come."""
    at.enter(an_organization(credit="20"), "/billing/wallet/daily-limit")
    at.look("wallet.show_daily_limit")
    for typed, said in (("much", None), ("500", "limit"), ("900", "The limit will be")):
        at.page.get_by_role("textbox").first.fill(typed)
        at.page.keyboard.press("Enter")
        at.see(said) if said else at.is_refused()
        at.look("wallet.show_daily_limit")
