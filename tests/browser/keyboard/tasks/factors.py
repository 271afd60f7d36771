"""What people do with their second factor."""

from __future__ import annotations

from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.task import task
from tests.browser.keyboard.tasks.account import HAS_NO_PASSWORD
from tests.browser.keyboard.tasks.givens import payer
from tests.support.factors import a_code, an_app


def open_factors(hands: Hands) -> None:
    hands.find("second", "Second factor")
    hands.sees("heading", "Second factor", level=1)
    hands.skip()


@task(
    "Set up an authenticator app",
    most=60,
    given=payer,
    posts=["factors.begin_app", "factors.set_up_app"],
    not_framed=HAS_NO_PASSWORD,
)
def set_up_app(hands: Hands) -> None:
    open_factors(hands)
    hands.go_to("button", "Set up an authenticator app")
    hands.sees("heading", "Set up an authenticator app", level=1)
    secret = hands.reads(".secret").replace(" ", "")
    hands.skip()
    hands.tab_to("textbox", "Code from the app")
    hands.type(a_code(secret))
    hands.press("Enter")
    hands.is_told("Your authenticator app is set up.")
    hands.go_to("link", "I've saved them")
    hands.sees("link", "Remove authenticator app")


@task(
    "Remove the authenticator app",
    most=40,
    given=payer,
    posts=["factors.remove_app"],
    not_framed=HAS_NO_PASSWORD,
)
def remove_app(hands: Hands) -> None:
    an_app(hands.person())
    open_factors(hands)
    hands.go_to("link", "Remove authenticator app")
    hands.sees("heading", "Remove the authenticator app?", level=1)
    hands.skip()
    hands.go_to("button", "Remove authenticator app")
    hands.sees("button", "Set up an authenticator app")


@task(
    "Create new recovery codes",
    most=40,
    given=payer,
    posts=["factors.make_codes"],
    not_framed=HAS_NO_PASSWORD,
)
def make_codes(hands: Hands) -> None:
    an_app(hands.person())
    open_factors(hands)
    hands.go_to("button", "Create new recovery codes")
    hands.sees("heading", "Recovery codes", level=1)
    hands.skip()
    hands.tab_to("link", "Download as text")
    hands.downloads("recovery-codes", "txt")
