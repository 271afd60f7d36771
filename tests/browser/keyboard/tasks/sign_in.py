"""What people do before they are in."""

from __future__ import annotations

from dataclasses import replace

from app.extensions import db
from app.models import Mail, Role
from app.people import invitations, password_links
from app.transaction import transaction
from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.scene import Scene
from tests.browser.keyboard.task import task
from tests.browser.keyboard.tasks.account import SHELLS
from tests.browser.site import Site
from tests.factories import OWNER, PASSWORD, a_person, an_organization
from tests.support.factors import a_code, an_app, codes_of


def outside(site: Site) -> Scene:
    """Someone who isn't signed in."""
    organization = an_organization()
    return Scene(organization, a_person(organization=organization), "/sign-in", is_signed_in=False)


def invited(site: Site) -> Scene:
    """Someone who has no account yet, with an invitation."""
    organization = an_organization()
    link = invitations.invite(
        organization, f"ruth@{organization.slug}.example", role=Role.ORG_ADMIN, actor=OWNER
    )
    db.session.commit()
    return Scene(organization, None, f"/invitations/{link.token}", is_signed_in=False)


def with_app(site: Site) -> Scene:
    """Someone with an authenticator app, who isn't signed in."""
    organization = an_organization()
    person = a_person(organization=organization)
    return Scene(organization, person, "/sign-in", is_signed_in=False, secret=an_app(person))


def without_phone(site: Site) -> Scene:
    """As `with_app`, with a recovery code at hand instead."""
    scene = with_app(site)
    assert scene.person is not None
    return replace(scene, secret=codes_of(scene.person)[0])


def with_link(site: Site) -> Scene:
    """Someone who got an email with a link for a new password."""
    scene = outside(site)
    assert scene.person is not None
    with transaction():
        password_links.mail_if_known(scene.person.email, None)
    query = db.select(Mail).where(Mail.kind == "password_link", Mail.recipient == scene.person.email)
    return replace(scene, path=db.session.scalars(query).one().facts["path"])


@task("Sign in", most=54, given=outside, posts=["auth.sign_in"], not_framed=SHELLS)
def sign_in(hands: Hands) -> None:
    hands.tab_to("textbox", "Email")
    hands.type(hands.email)
    hands.tab()
    hands.type(PASSWORD)
    hands.press("Enter")
    hands.sees("heading", "Billing", level=1)


@task("Ask for a new password", most=38, given=outside, posts=["auth.forgot_password"], not_framed=SHELLS)
def forgot_password(hands: Hands) -> None:
    hands.go_to("link", "Forgot password?")
    hands.sees("heading", "Forgot password", level=1)
    hands.tab_to("textbox", "Email")
    hands.type(hands.email)
    hands.press("Enter")
    hands.sees("link", "Back to sign in")


@task("Accept an invitation", most=27, given=invited, posts=["auth.invitation"], not_framed=SHELLS)
def accept_invitation(hands: Hands) -> None:
    hands.tab_to("textbox", "New password")
    hands.type("eight green bottles")
    hands.press("Enter")
    hands.sees("heading", "Billing", level=1)


@task("Choose a new password", most=27, given=with_link, posts=["auth.set_password"], not_framed=SHELLS)
def set_password(hands: Hands) -> None:
    hands.tab_to("textbox", "New password")
    hands.type("eight green bottles")
    hands.press("Enter")
    hands.sees("heading", "Billing", level=1)


def enter_password(hands: Hands) -> None:
    hands.tab_to("textbox", "Email")
    hands.type(hands.email)
    hands.tab()
    hands.type(PASSWORD)
    hands.press("Enter")
    hands.sees("heading", "Second factor", level=1)


SIGNED_IN = "auth.sign_in"


@task(
    "Sign in with an authenticator app",
    most=80,
    given=with_app,
    posts=[SIGNED_IN, "auth.second_factor"],
    not_framed=SHELLS,
)
def sign_in_with_app(hands: Hands) -> None:
    enter_password(hands)
    hands.tab_to("textbox", "Code from your authenticator app")
    hands.type(a_code(hands.scene.secret, steps=1))
    hands.press("Enter")
    hands.sees("heading", "Billing", level=1)


@task(
    "Sign in with a recovery code",
    most=100,
    given=without_phone,
    posts=[SIGNED_IN, "auth.recovery_code"],
    not_framed=SHELLS,
)
def sign_in_with_recovery_code(hands: Hands) -> None:
    enter_password(hands)
    hands.go_to("link", "Use a recovery code")
    hands.tab_to("textbox", "Recovery code")
    hands.type(hands.scene.secret)
    hands.press("Enter")
    hands.sees("heading", "Billing", level=1)
