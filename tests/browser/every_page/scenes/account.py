"""One's own account, its keys and second factors; and who has access to the organization."""

from __future__ import annotations

from app.extensions import db
from app.models import Passkey
from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import a_person, an_organization
from tests.support.authenticator import Authenticator
from tests.support.factors import a_passkey, an_app

FACTORS = "/account/second-factor"


@scene("account.show", "account.show_keyboard")
def ones_own_account(at: Stage) -> None:
    """A password refused; keys that collide, and that are off."""
    at.enter(an_organization(), "/account")
    at.look("account.show")
    at.fill("Current password", "wrong")
    at.fill("New password", "eight green bottles")
    at.page.keyboard.press("Enter")
    at.page.locator(".error-summary, .field-error").first.wait_for()
    at.look("account.show")
    at.look_at("account.show_keyboard", "/account/keyboard")
    at.fill("Top up", "g")
    at.page.keyboard.press("Enter")
    at.is_refused()
    at.look("account.show_keyboard")
    at.page.goto("/billing")
    at.page.keyboard.press("?")
    at.press("Turn off shortcuts")
    at.is_told("Keyboard shortcuts are off.")
    at.look_at("account.show_keyboard", "/account/keyboard")


@scene("factors.show", "factors.set_up_app", "factors.remove_app", "factors.new_passkey")
def an_authenticator_app(at: Stage) -> None:
    """None; set up, refused; there, with its removal and new recovery codes."""
    person = at.enter(an_organization(), FACTORS)
    at.look("factors.show")
    at.press("Set up an authenticator app")
    at.page.get_by_role("heading", name="Set up an authenticator app", level=1).wait_for()
    at.look("factors.set_up_app")
    at.page.get_by_role("textbox").first.fill("000000")
    at.page.keyboard.press("Enter")
    at.is_refused()
    at.look("factors.set_up_app")
    an_app(person)
    at.look_at("factors.show", FACTORS)
    at.look_at("factors.remove_app", f"{FACTORS}/app/removal")
    at.look_at("factors.new_passkey", f"{FACTORS}/passkeys/new")
    at.page.goto(FACTORS)
    at.press("Create new recovery codes")
    at.page.locator("#codes").wait_for()
    at.look("factors.show")


@scene("factors.show", "factors.rename_passkey", "factors.remove_passkey")
def passkeys(at: Stage) -> None:
    """Listed, renamed to nothing, and removed."""
    person = at.enter(an_organization(), FACTORS)
    device = Authenticator()
    device.origin = at.site.url
    a_passkey(person, device)
    at.look_at("factors.show", FACTORS)
    passkey = db.session.scalars(db.select(Passkey).filter_by(user_id=person.id)).one()
    at.look_at("factors.rename_passkey", f"{FACTORS}/passkeys/{passkey.id}/name")
    at.page.get_by_role("textbox").first.fill("")
    at.page.keyboard.press("Enter")
    at.is_refused()
    at.look("factors.rename_passkey")
    at.look_at("factors.remove_passkey", f"{FACTORS}/passkeys/{passkey.id}/removal")


@scene("security.show", "security.reset_factor")
def who_has_access(at: Stage) -> None:
    """People with and without a second factor; one that is reset; settings saved."""
    organization = an_organization()
    other = a_person(organization=organization, name="Ruth Lindqvist")
    an_app(other)
    at.enter(organization, "/billing/security")
    at.look("security.show")
    at.look_at("security.reset_factor", f"/billing/security/people/{other.id}/second-factor")
    at.press("Reset second factor")
    at.is_told("was reset")
    at.look("security.show")
