"""Pages about an error."""

from __future__ import annotations

from app.models import Role
from app.web import error_pages
from tests.browser.every_page.scenes.stage import ERRORS, Stage, scene
from tests.factories import a_person, an_organization

CODES = (400, 401, 404, 405, 408, 413, 429, 500, 503)


@scene()
def errors_of_every_kind(at: Stage) -> None:
    """Every page about an error, drawn as for a person who isn't signed in, and those that one can go to."""
    for code in CODES:
        with at.site.app.test_request_context("/billing"):
            html = error_pages.page(code).get_data(as_text=True)  # type: ignore[union-attr]
        at.show(f"{at.site.url}/error/{code}", html)
        at.look(ERRORS)
    organization = an_organization()
    member = a_person(organization=organization, role=Role.MEMBER)
    a_person(organization=organization, name="Dana Whitfield")
    at.enter_as(member, "/sign-in")
    at.see("Billing is for owners")
    at.look(ERRORS)
    at.look_at(ERRORS, "/nothing")
