"""Before someone is in."""

from __future__ import annotations

from app.extensions import db
from app.models import Mail, Role
from app.people import invitations, organizations, password_links
from app.transaction import transaction
from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import OWNER, PASSWORD, a_person, an_organization
from tests.support.factors import an_app, codes_of


@scene("auth.sign_in", "auth.second_factor", "auth.recovery_code")
def signing_in(at: Stage) -> None:
    """The sign-in page, refused, and the second factor after it, refused too."""
    person = a_person(organization=an_organization())
    an_app(person)
    codes_of(person)
    db.session.commit()
    at.look_at("auth.sign_in", "/sign-in")
    at.press("Sign in")
    at.is_refused()
    at.look("auth.sign_in")
    at.fill("Email", person.email)
    at.fill("Password", PASSWORD)
    at.press("Sign in")
    at.page.wait_for_url("**/second-factor**")
    at.look("auth.second_factor")
    at.page.get_by_role("textbox").first.fill("000000")
    at.page.keyboard.press("Enter")
    at.is_refused()
    at.look("auth.second_factor")
    at.look_at("auth.recovery_code", "/sign-in/second-factor/recovery-code")
    at.page.get_by_role("textbox").first.fill("0000-0000")
    at.page.keyboard.press("Enter")
    at.is_refused()
    at.look("auth.recovery_code")


@scene("auth.invitation", "auth.set_password", "auth.forgot_password")
def forgotten_passwords_and_invitations(at: Stage) -> None:
    """Links that came by mail, also those that are over."""
    made = invitations.invite(an_organization(), "new@people.example", role=Role.ORG_ADMIN, actor=OWNER)
    db.session.commit()
    at.look_at("auth.invitation", f"/invitations/{made.token}")
    at.fill("New password", "short")
    at.page.get_by_role("button").filter(has_text="join").click()
    at.see("at least 8 characters")
    at.look("auth.invitation")
    at.look_at("auth.set_password", "/set-password/over")
    at.look_at("auth.set_password", _password_link())
    at.fill("New password", "short")
    at.page.keyboard.press("Enter")
    at.see("at least 8 characters")
    at.look("auth.set_password")
    at.look_at("auth.forgot_password", "/forgot-password")
    at.page.get_by_role("textbox").first.fill("someone@people.example")
    at.page.keyboard.press("Enter")
    at.see("Check your email.")
    at.look("auth.forgot_password")


def _password_link() -> str:
    person = a_person(organization=an_organization())
    with transaction():
        password_links.mail_if_known(person.email, None)
    query = db.select(Mail).where(Mail.kind == "password_link", Mail.recipient == person.email)
    return str(db.session.scalars(query).one().facts["path"])


@scene("auth.choose_organization")
def choosing_an_organization(at: Stage) -> None:
    """Someone of several organizations, where the header leads."""
    person = at.enter(an_organization(), "/billing")
    for _ in range(3):
        organizations.add_person(person.email, name="", organization=an_organization(), role=Role.ORG_ADMIN)
    db.session.commit()
    at.look_at("auth.choose_organization", "/organization")


@scene("auth.arrive_from_shell", "auth.connect_shell")
def coming_from_the_shell(at: Stage) -> None:
    """Where the browser keeps no cookies, where the shell gave no token, and where there is nothing to connect."""
    at.look_at("auth.arrive_from_shell", "/auth/shell?path=/billing")
    at.look_at("auth.arrive_from_shell", "/auth/shell?without-token=401&path=/billing")
    at.look_at("auth.arrive_from_shell", "/auth/shell?without-token=500&path=/billing")
    at.enter(an_organization(), "/billing")
    at.look_at("auth.connect_shell", "/account/shell/connect")
