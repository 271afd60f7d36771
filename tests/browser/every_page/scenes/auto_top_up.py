"""Auto top-up: refused, agreed to, changed by someone else meanwhile, in trouble, off; and its brake."""

from __future__ import annotations

from app.clock import utc_now
from app.models import OffReason
from app.transaction import transaction
from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import a_payer, a_stripe_card, an_organization
from tests.support.auto_top_ups import look, one_with, settings_of, switch_on, the_settings
from tests.support.braking import stop
from tests.support.credit_states import spend
from tests.support.plans import ALWAYS_3DS, DECLINES

PAGE, BRAKE = "/billing/wallet/auto-top-up", "/billing/wallet/auto-top-up/brake"
SHOW = "auto_top_up.show"


@scene(SHOW, "wallet.show")
def auto_top_up_is_turned_on_and_off(at: Stage) -> None:
    """Without a card; refused; agreed to; changed by someone else meanwhile; off again."""
    organization = an_organization(credit="20")
    at.enter(organization, PAGE)
    at.look(SHOW)
    at.page.context.clear_cookies()
    organization, card = a_payer(credit="20")
    at.enter(organization, PAGE)
    at.look(SHOW)
    at.fill("When available credit falls below", "much")
    at.press("Turn on auto top-up")
    at.is_refused()
    at.look(SHOW)
    at.fill("When available credit falls below", "10")
    at.page.get_by_role("checkbox").check()
    at.press("Turn on auto top-up")
    at.is_told("Auto top-up is on.")
    at.unfold()
    at.look(SHOW)
    switch_on(organization, card, threshold="15")
    at.page.get_by_role("checkbox").check()
    at.press("Save changes")
    at.see("Someone else changed this in the meantime")
    at.look(SHOW)
    at.look_at("wallet.show", "/billing/wallet")
    at.page.goto(PAGE)
    at.press("Turn off")
    at.is_told("Auto top-up is off.")
    at.look(SHOW)


@scene(SHOW)
def auto_top_up_in_trouble(at: Stage) -> None:
    """Declined, with another try to come; waiting for the bank; turned off because of failures."""
    declined, _ = one_with(DECLINES)
    spend(declined, 30_000)
    look(declined)
    at.enter(declined, PAGE)
    at.see("The last try failed")
    at.unfold()
    at.look(SHOW)
    with transaction():
        settings = settings_of(declined)
        settings.is_on, settings.off_at, settings.off_reason = False, utc_now(), OffReason.FAILURES
    at.look_at(SHOW, PAGE)
    at.page.context.clear_cookies()
    asked, _ = one_with(ALWAYS_3DS)
    spend(asked, 30_000)
    look(asked)
    assert the_settings(asked) is not None
    at.enter(asked, PAGE)
    at.see("Your bank requires an extra check")
    at.look(SHOW)


@scene("brake.show", SHOW, "overview.show", "wallet.show")
def the_brake_asks(at: Stage) -> None:
    """Not stopped; stopped, on every page that says so; already answered; continued, and asked again."""
    organization, card = a_payer(credit="20")
    a_stripe_card(organization, "pm_card_mastercard")
    switch_on(organization, card, has_brake=True)
    at.enter(organization, BRAKE)
    at.look("brake.show")
    stop(organization)
    at.look_at("overview.show", "/billing")
    at.look_at("wallet.show", "/billing/wallet")
    at.look_at(SHOW, PAGE)
    at.look_at("brake.show", BRAKE)
    at.page.locator("input[name=stop]").evaluate("one => { one.value = 'x' }")
    at.press("Continue this time")
    at.see("Choose an answer.")
    at.look("brake.show")
    at.page.goto(BRAKE)
    at.press("Continue this time")
    at.is_told("Automatic top-ups continue until")
    at.look("brake.show")


@scene("brake.show")
def the_brake_is_told_for_good(at: Stage) -> None:
    """What an owner said is fine, and taking that back; what someone else has answered meanwhile."""
    organization, _ = a_payer(credit="20")
    stop(organization)
    at.enter(organization, BRAKE)
    at.press("Continue for good")
    at.see("We ask only above that.")
    at.look("brake.show")
    at.press("Ask again above the usual amount")
    at.is_told("From now on, we ask again")
    at.look("brake.show")
