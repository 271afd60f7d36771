"""What fails while a page is open: said in the page, and nothing typed is lost."""

from __future__ import annotations

from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import a_payer


@scene("wallet.show")
def what_fails_meanwhile(at: Stage) -> None:
    """A lost connection, a server that fails, a session that ended."""
    at.enter(a_payer(credit="20")[0], "/billing/wallet")
    at.page.route("**/billing/live/**", lambda route: route.abort())
    at.see("Connection lost.")
    at.look("wallet.show")
    at.page.unroute("**/billing/live/**")
    at.page.route("**/wallet/top-ups", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    at.page.get_by_role("radio", name="Other amount").check()
    at.page.get_by_role("textbox", name="Other amount").fill("20")
    at.press("Review top-up")
    at.see("What you entered is still here")
    at.look("wallet.show")
    at.page.context.clear_cookies()
    at.see("Your session has ended.")
    at.look("wallet.show")
