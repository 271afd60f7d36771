"""Calls in progress, and those that no one has ended."""

from __future__ import annotations

from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import an_organization
from tests.support.overdue import an_overdue

PAGE = "/billing/wallet/calls-in-progress"
SHOW = "wallet.show_calls_in_progress"


@scene(SHOW, "overview.show", "wallet.show")
def overdue_calls(at: Stage) -> None:
    """No calls; two that are asked about, on each page that does; one ended, and one that goes on."""
    at.enter(an_organization(), PAGE)
    at.look(SHOW)
    at.page.context.clear_cookies()
    at.enter(an_overdue("call-1", "call_" + "long" * 30), "/billing")
    at.unfold()
    at.look("overview.show")
    at.page.goto("/billing/wallet")
    at.unfold()
    at.look("wallet.show")
    at.look_at(SHOW, PAGE)
    at.press("End call call-1")
    at.is_told("call-1 has ended.")
    at.look(SHOW)
    at.page.get_by_role("button", name="Still in progress").first.click()
    at.is_told("continues.")
    at.look(SHOW)
