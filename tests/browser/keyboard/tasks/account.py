"""What people do with their own account, and owners with the security of the organization."""

from __future__ import annotations

from secrets import token_hex

from app.extensions import db
from app.models import Organization, Role
from app.people import organizations, sessions
from app.transaction import transaction
from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.scene import Scene
from tests.browser.keyboard.task import task
from tests.browser.keyboard.tasks.givens import payer
from tests.browser.site import Site
from tests.factories import PASSWORD, a_person, an_organization
from tests.support.confirming import minutes_pass
from tests.support.factors import an_app

SHELLS = "In the shell this is the shell's."
HAS_NO_PASSWORD = "Who comes from the shell has no password."


def of_two_organizations(site: Site) -> Scene:
    """Someone with two organizations."""
    first = an_organization()
    # Done again in the next browser, on the same database.
    second = organizations.create_organization("Pine of Two", slug=f"pine-of-two-{token_hex(4)}")
    person = a_person(organization=first)
    organizations.add_person(person.email, name="", organization=second, role=Role.ORG_ADMIN)
    db.session.commit()
    return Scene(first, person)


def with_a_colleague(site: Site) -> Organization:
    """Someone with a colleague who has a second factor."""
    made = an_organization()
    an_app(a_person(organization=made, name="Ruth Lindqvist"))
    return made


def begin_elsewhere(hands: Hands) -> None:
    """The same person is also signed in somewhere else."""
    with transaction():
        sessions.start(hands.person(), device="Firefox on Linux")


@task("Change one's name", most=28, given=payer, posts=["account.save_details"])
def change_name(hands: Hands) -> None:
    hands.find("your account", "Your account")
    hands.sees("heading", "Your account", level=1)
    hands.skip()
    hands.tab_to("textbox", "Name")
    hands.press("Control+a")
    hands.type("Dana")
    hands.press("Enter")
    hands.is_told("saved")


@task(
    "Change one's password",
    most=64,
    given=payer,
    posts=["account.change_password"],
    not_framed=HAS_NO_PASSWORD,
)
def change_password(hands: Hands) -> None:
    hands.find("password", "Your account")
    hands.sees("heading", "Your account", level=1)
    hands.skip()
    hands.tab_to("textbox", "Current password")
    hands.type(PASSWORD)
    hands.tab_to("textbox", "New password")
    hands.type("sixteen blue kilns")
    hands.press("Enter")
    hands.is_told("Your password is changed.")


@task("Sign another browser out", most=16, given=payer, posts=["account.end_session"])
def end_session(hands: Hands) -> None:
    begin_elsewhere(hands)
    hands.find("signed in", "Where you're signed in")
    hands.is_on("heading", "Where you're signed in")
    hands.tab()
    hands.press("Enter")
    hands.is_told("That browser is signed out.")


@task("Sign out everywhere else", most=18, given=payer, posts=["account.end_sessions"])
def end_sessions(hands: Hands) -> None:
    begin_elsewhere(hands)
    hands.find("signed in", "Where you're signed in")
    hands.is_on("heading", "Where you're signed in")
    hands.go_to("button", "Sign out everywhere else")
    hands.is_told("signed out")


@task(
    "Switch the organization",
    most=8,
    given=of_two_organizations,
    posts=["auth.switch_organization"],
    not_framed=SHELLS,
)
def switch_organization(hands: Hands) -> None:
    hands.tab_to("combobox", "Organization")
    hands.type("P")
    hands.go_to("button", "Switch")
    hands.is_told("You're now viewing Pine of Two.")


@task("Sign out", most=6, given=payer, posts=["auth.sign_out"], not_framed=SHELLS)
def sign_out(hands: Hands) -> None:
    hands.go_to("button", "Sign out")
    hands.sees("heading", "Sign in", exact=True)


@task("Let every change be confirmed", most=18, given=payer, posts=["security.choose_confirmations"])
def confirm_always(hands: Hands) -> None:
    hands.find("security", "Security settings")
    hands.sees("heading", "Security", level=1)
    hands.skip()
    hands.tab()
    hands.press("ArrowDown", "Enter")
    hands.is_told("saved")


@task("Require a second factor", most=30, given=payer, posts=["security.require_factor"])
def require_factor(hands: Hands) -> None:
    an_app(hands.person())
    hands.find("security", "Security settings")
    hands.sees("heading", "Security", level=1)
    hands.skip()
    hands.tab_to("radio", "Optional: everyone decides for themselves")
    hands.press("ArrowDown", "Enter")
    hands.is_told("Security settings saved.")


@task("Reset a colleague's second factor", most=28, given=with_a_colleague, posts=["security.reset_factor"])
def reset_factor(hands: Hands) -> None:
    hands.find("security", "Security settings")
    hands.sees("heading", "Security", level=1)
    hands.skip()
    hands.tab_to("link", "Reset second factor of", exact=False)
    hands.press("Enter")
    hands.sees("heading", "Reset a second factor", level=1)
    hands.skip()
    hands.go_to("button", "Reset second factor")
    hands.is_told("was reset")


@task(
    "Confirm it's you, and go on",
    most=80,
    given=payer,
    posts=["wallet.change_daily_limit", "auth.confirm"],
    not_framed=HAS_NO_PASSWORD,
)
def confirm(hands: Hands) -> None:
    hands.find("daily limit", "Daily limit")
    hands.sees("heading", "Daily top-up limit", level=1)
    minutes_pass()
    hands.skip()
    hands.tab_to("textbox", "New daily limit")
    hands.press("Control+a")
    hands.type("500")
    hands.press("Enter")
    hands.sees("textbox", "Your password")
    hands.tab_to("textbox", "Your password")
    hands.type(PASSWORD)
    hands.press("Enter")
    hands.sees("button", "Send again")
    hands.skip()
    hands.go_to("button", "Send again")
    hands.is_told("limit")
