"""The history: filtered, saved as a view, down to a call; what it cost and why it cost more; a campaign's check."""

from __future__ import annotations

from datetime import timedelta

from app.billing.activity import rollups
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from demo import usage_reports
from demo.usage_reports import Used
from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import a_payer, an_organization

WALLET = "/billing/wallet"
DAYS = 16


def caller() -> Organization:
    """Someone with calls of two campaigns on some days, of which the newer ones cost more."""
    organization, _ = a_payer(credit="900")
    today = organization.local_day()
    for ago in reversed(range(DAYS)):
        at, day = utc_now() - timedelta(days=ago), today - timedelta(days=ago)
        used = [
            Used("calls_outbound", 600 * (DAYS - ago), day, name, "Ava", f"{name} {ago}", "+1 212 555 0134")
            for name in ("Reminders", "Recall")
        ]
        usage_reports.record(organization, f"day {ago}", used, at=at)
    db.session.commit()
    rollups.roll_up(organization.id, until=utc_now())
    return organization


@scene("wallet.show", "wallet.show_views", "wallet.rename_view")
def views_of_the_history(at: Stage) -> None:
    """Filtered; the name refused, saved, renamed with one that is taken, removed."""
    at.enter(caller(), f"{WALLET}?campaign=Reminders")
    at.look("wallet.show")
    for name in ("Reminder calls", "All of them"):
        at.page.goto(f"{WALLET}?campaign=Reminders")
        at.fill("Name of this view", name)
        at.press("Save view")
        at.is_told(f'The view "{name}" was saved.')
    at.look("wallet.show")
    at.page.locator("#view-name").evaluate("one => { one.required = false; one.value = '' }")
    at.press("Save view")
    at.is_refused()
    at.look("wallet.show")
    at.look_at("wallet.show_views", f"{WALLET}/views")
    at.press("Rename Reminder calls", "link")
    at.page.get_by_role("heading", name="Rename view").wait_for()
    at.look("wallet.rename_view")
    at.fill("Name of this view", "All of them")
    at.press("Save name")
    at.is_refused()
    at.look("wallet.rename_view")
    at.page.goto(f"{WALLET}/views")
    for name in ("Reminder calls", "All of them"):
        at.press(f"Remove {name}")
        at.is_told(f'The view "{name}" was removed.')
    at.look("wallet.show_views")


@scene("wallet.show_line", "wallet.show_usage_calls", "wallet.show_call")
def from_a_line_to_its_calls(at: Stage) -> None:
    """A line of the history, the calls of a campaign, and what one of them cost."""
    at.enter(caller(), WALLET)
    at.page.locator("#history-lines").get_by_role("link", name="Calling").first.click()
    at.page.get_by_role("heading", name="Breakdown").wait_for()
    at.unfold()
    at.look("wallet.show_line")
    call = at.page.locator("#calls tbody a").first.get_attribute("href") or ""
    at.look_at("wallet.show_call", call)
    at.look_at("wallet.show_usage_calls", f"{WALLET}/usage-calls?campaign=Recall")
    at.look_at("wallet.show_usage_calls", f"{WALLET}/usage-calls?campaign=No+one")


@scene("cost_change.show")
def why_it_cost_more(at: Stage) -> None:
    """Nothing to compare; each part unfolded, by each way to split it."""
    at.enter(an_organization(), "/billing/cost-change")
    at.look("cost_change.show")
    at.page.context.clear_cookies()
    at.enter(caller(), "/billing/cost-change")
    for by in ("campaign", "number", "country"):
        at.page.goto(f"/billing/cost-change?by={by}")
        at.unfold()
        at.look("cost_change.show")


@scene("wallet.check_campaign", "wallet.show")
def a_campaign_is_checked(at: Stage) -> None:
    """Refused; what it costs and what is missing; and the top-up that it leads to."""
    at.enter(a_payer(credit="20")[0], f"{WALLET}/campaign-check")
    at.look("wallet.check_campaign")
    at.fill("Number of calls", "many")
    at.press("Check campaign")
    at.is_refused()
    at.look("wallet.check_campaign")
    at.fill("Number of calls", "900")
    at.press("Check campaign")
    at.page.get_by_role("link", name="Top up $100").wait_for()
    at.look("wallet.check_campaign")
    at.press("Top up $100", "link")
    at.page.get_by_role("button", name="Review top-up").wait_for()
    at.look("wallet.show")
