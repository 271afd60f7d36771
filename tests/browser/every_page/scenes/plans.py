"""Plans: switched, declined, scheduled; a renewal that failed; what comes next."""

from __future__ import annotations

from app.billing.plans import resource_counts
from app.extensions import db
from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import a_payer, a_stripe_card, an_organization
from tests.support.auto_top_ups import switch_on
from tests.support.plans import DECLINES, a_debtor, a_subscriber, sell_plans, switch_to


@scene("change_plan.show", "change_plan.show_switch")
def a_switch_of_plan(at: Stage) -> None:
    """Chosen, reviewed, declined."""
    sell_plans()
    organization, _ = a_payer(DECLINES)
    at.enter(organization, "/billing/change-plan")
    at.look("change_plan.show")
    at.page.get_by_label("Switch to Growth").first.check()
    at.press("Review change")
    at.page.get_by_role("button", name="Switch to Growth").wait_for()
    at.look("change_plan.show_switch")
    at.press("Switch to Growth")
    at.see("Not paid")
    at.look("change_plan.show_switch")


@scene("change_plan.show_switch", "coming_up.show", "overview.show")
def a_smaller_plan(at: Stage) -> None:
    """What is lost, and what is scheduled then, also where it's listed as what comes next."""
    organization = a_subscriber()
    resource_counts.set_counts(organization.id, {"agents": 3, "phone_numbers": 2})
    db.session.commit()
    at.enter(organization, "/billing/change-plan")
    at.page.get_by_label("Switch to Starter").first.check()
    at.press("Review change")
    at.page.get_by_role("button", name="Switch to Starter").wait_for()
    at.look("change_plan.show_switch")
    at.press("Switch to Starter")
    at.see("Scheduled")
    at.look("change_plan.show_switch")
    at.look_at("coming_up.show", "/billing/coming-up")
    at.look_at("overview.show", "/billing")


@scene("change_plan.show_renewal", "change_plan.review_cancellation", "coming_up.show")
def a_renewal_that_failed(at: Stage) -> None:
    """Where it is listed, the way to cancel the plan instead, and paid with another card."""
    organization = a_debtor(at.site.app, at.site.sandbox)
    a_stripe_card(organization, "pm_card_visa")
    at.enter(organization, "/billing/coming-up")
    at.look("coming_up.show")
    at.look_at("change_plan.review_cancellation", "/billing/renewal/cancellation")
    at.look_at("change_plan.show_renewal", "/billing/renewal")
    at.press("Pay $99.00")
    at.page.get_by_role("heading", name="Paid", exact=True).wait_for()
    at.look("change_plan.show_renewal")


@scene("coming_up.show")
def what_comes_next(at: Stage) -> None:
    """Nothing; and a renewal with a rent and an automatic top-up."""
    at.enter(an_organization(), "/billing/coming-up")
    at.look("coming_up.show")
    at.page.context.clear_cookies()
    organization = a_subscriber()
    resource_counts.set_counts(organization.id, {"phone_numbers": 1})
    switch_on(organization, a_stripe_card(organization))
    switch_to(organization, "starter")
    at.enter(organization, "/billing/coming-up")
    at.look("coming_up.show")
