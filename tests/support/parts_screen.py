"""A screen of the demo's shell with parts on it, and what they say there."""

from __future__ import annotations

from playwright.sync_api import Page, Request

from app.extensions import db
from app.models import ExternalIdentity, Organization, SignInSession
from shell_demo.people import Person
from tests.factories import an_organization
from tests.support.demo_shell import Shell

SCREEN = "/campaigns"
PARTS = ("balance", "billing-alert", "top-up", "campaign-check")
CHIP = "voice-portal-balance"


def add_parts(page: Page, *names: str, **attributes: str) -> None:
    """Put elements on the screen, as the shell's templates would."""
    given = " ".join(
        f'{name}="{value}"' for name, value in {"token-url": "/billing-token", **attributes}.items()
    )
    html = "".join(f"<voice-portal-{name} {given}></voice-portal-{name}>" for name in names)
    page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", html)


def open_screen(page: Page, shell: Shell, person: Person) -> None:
    """Sign in to the shell, on a screen with nothing of billing but what its header has."""
    shell.sign_in(page, person, to=SCREEN)
    page.evaluate("document.querySelector('main').replaceChildren(document.querySelector('h1'))")


def note_problems(page: Page) -> None:
    """Let `problems(page)` tell what elements say is wrong."""
    page.add_init_script(
        "window.said = []; document.addEventListener('voice-portal-billing:problem', "
        "(event) => said.push(event.detail.reason))"
    )


def problems(page: Page) -> list[str]:
    """The reasons so far."""
    return list(page.evaluate("said"))


def problems_after(page: Page, milliseconds: int) -> list[str]:
    """The problems once so much more time has passed by the page's clock."""
    page.clock.run_for(milliseconds)
    return problems(page)


def sent(page: Page, part_of_address: str) -> list[Request]:
    """The requests from now on whose address has this."""
    found: list[Request] = []
    page.on("request", lambda one: found.append(one) if part_of_address in one.url else None)
    return found


def good() -> Organization:
    """Credit enough that no alert is due."""
    return an_organization(credit="1000", alert="50")


def no_credit() -> Organization:
    """None has been added yet."""
    return an_organization()


def sessions_of(person_id: str) -> int:
    """In how many browsers a person of the shell is signed in to billing."""
    db.session.rollback()
    query = db.select(db.func.count()).select_from(SignInSession)
    query = query.join(ExternalIdentity, ExternalIdentity.id == SignInSession.identity_id)
    return db.session.scalar(query.where(ExternalIdentity.subject == person_id)) or 0
