"""What operators do in their console."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from app.models import OperatorRole, Organization
from app.operators import accounts
from app.operators.trail import COMMAND
from app.transaction import transaction
from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.scene import Scene
from tests.browser.keyboard.task import task
from tests.browser.site import Site
from tests.factories import PASSWORD, an_organization
from tests.operators.test_timeline import fill
from tests.support.console_things import (
    a_failed_email,
    a_failed_event,
    a_failed_message,
    a_finding,
    no_endpoints,
    uncompared,
)
from tests.support.factors import a_code
from tests.support.operating import an_operator

NO_FRAME = "no frame shows the console"
WHY = "Outage"
CODE = "Code from your authenticator app"


def operating(
    about: Callable[[Organization], str] = lambda _: "/operator", *, is_signed_in: bool = True
) -> Callable[[Site], Scene]:
    """An operator, at the page that is about an organization."""

    def given(site: Site) -> Scene:
        opened = an_operator(f"{secrets.token_hex(4)}@operator.example")
        organization = an_organization(f"Brightwater {secrets.token_hex(4)}", credit="12.5")
        path = about(organization)
        return Scene(organization, path=path, is_signed_in=is_signed_in, operator=opened)

    return given


def with_a_past(organization: Organization) -> str:
    fill(organization)
    return "/operator"


def with_a_link(site: Site) -> Scene:
    """Someone who was given a link to an account of the console; the secret is what its page shows."""
    organization = an_organization()
    with transaction():
        token = accounts.add(
            f"{secrets.token_hex(4)}@operator.example", name="Sam", role=OperatorRole.SUPPORT, doer=COMMAND
        )
    operator = accounts.find_by_link(token)
    assert operator is not None
    secret = accounts.setup_of(operator).secret
    return Scene(organization, path=f"/operator/join/{token}", is_signed_in=False, secret=secret)


@task("Open an operator's account", most=36, given=with_a_link, posts=["operator.join"], not_framed=NO_FRAME)
def open_account(hands: Hands) -> None:
    hands.tab_to("textbox", "New password")
    hands.type(PASSWORD)
    hands.tab_to("textbox", "Code from the app")
    hands.type(a_code(hands.scene.secret))
    hands.press("Enter")
    hands.is_told("Your account is open.")


@task(
    "Sign in to the console, and out of it",
    most=64,
    given=operating(is_signed_in=False),
    posts=["operator.sign_in", "operator.sign_out"],
    not_framed=NO_FRAME,
)
def sign_in_and_out(hands: Hands) -> None:
    assert hands.scene.operator is not None
    hands.is_on("textbox", "Email")
    hands.type(hands.scene.operator.operator.email)
    hands.tab_to("textbox", "Password")
    hands.type(PASSWORD)
    hands.tab_to("textbox", CODE)
    hands.type(hands.scene.operator.code())
    hands.press("Enter")
    hands.is_on("searchbox", "Find an organization")
    hands.go_to("button", "Sign out")
    hands.is_told("You're signed out.")


@task("Find an organization, and read its story", most=44, given=operating(with_a_past), not_framed=NO_FRAME)
def find_organization(hands: Hands) -> None:
    hands.is_on("searchbox", "Find an organization")
    hands.type(hands.scene.organization.name)
    hands.press("Enter")
    hands.is_on("heading", "1 organization found")
    hands.go_to("link", hands.scene.organization.name)
    hands.sees("heading", "What happened")
    hands.skip()
    hands.go_to("link", "Disputes")
    hands.is_on("heading", "What happened")
    hands.tab_to("link", "Disputes")


@task(
    "Grant credit",
    most=28,
    given=operating(lambda it: f"/operator/organizations/{it.id}"),
    posts=["operator.fill_in_credit", "operator.grant_credit"],
    not_framed=NO_FRAME,
)
def grant_credit(hands: Hands) -> None:
    hands.skip()
    hands.go_to("link", "Grant credit")
    hands.is_on("textbox", "Amount")
    hands.press("Enter")
    hands.sees("group", "There is a problem")
    hands.press("Tab", "Enter")
    hands.is_on("textbox", "Amount")
    hands.type("25")
    hands.tab_to("textbox", "Reason")
    hands.type(WHY)
    hands.press("Enter")
    hands.is_on("heading", "$25.00")
    hands.go_to("button", "Grant $25.00")
    hands.is_told("$25.00 of goodwill credit granted.")


def give_reason(hands: Hands, button: str) -> None:
    """From the top of the page to its form, which needs a reason."""
    hands.skip()
    hands.go_to("button", button)
    hands.sees("group", "There is a problem")
    hands.press("Tab", "Enter")
    hands.is_on("textbox", "Reason")
    hands.type(WHY)
    hands.press("Enter")


@task(
    "Resend an email",
    most=18,
    given=operating(a_failed_email),
    posts=["operator.resend_email"],
    not_framed=NO_FRAME,
)
def resend_email(hands: Hands) -> None:
    give_reason(hands, "Resend email")
    hands.is_told("The email will be sent again.")


@task(
    "Send a message to the platform again",
    most=18,
    given=operating(a_failed_message),
    posts=["operator.replay_message"],
    not_framed=NO_FRAME,
)
def replay_message(hands: Hands) -> None:
    give_reason(hands, "Send again")
    hands.is_told("The message will be sent again.")
    no_endpoints()


@task(
    "Replay an event of Stripe's",
    most=18,
    given=operating(lambda _: f"/operator/events?event={a_failed_event()}"),
    posts=["operator.replay_event"],
    not_framed=NO_FRAME,
)
def replay_event(hands: Hands) -> None:
    give_reason(hands, "Replay event")
    hands.is_told("will be handled again.")


@task(
    "Acknowledge a finding",
    most=24,
    given=operating(),
    posts=["operator.acknowledge_finding"],
    not_framed=NO_FRAME,
)
def acknowledge_finding(hands: Hands) -> None:
    with uncompared():
        object_ = a_finding()
        hands.go_to("link", "Findings")
        hands.skip()
        hands.go_to("link", object_)
        hands.is_on("heading", object_)
        hands.go_to("button", "Acknowledge finding")
        hands.sees("group", "There is a problem")
        hands.press("Tab", "Enter")
        hands.is_on("textbox", "Reason")
        hands.type(WHY)
        hands.press("Enter")
        hands.is_told(f"Acknowledged: {object_}.")
