"""What is read: invoices, statements, billing details, the audit trail, the API's pages."""

from __future__ import annotations

from datetime import date

from tests.browser.every_page.scenes.stage import Stage, scene
from tests.factories import an_organization
from tests.support.confirming import minutes_pass
from tests.support.states import going_down


@scene("invoices.show", "invoices.show_statement", "activity.show")
def documents_and_the_trail(at: Stage) -> None:
    """With something in them, and filtered until nothing is left."""
    at.enter(going_down(), "/workplace/invoices")
    at.look("invoices.show")
    at.look_at("invoices.show", "/workplace/invoices?year=2020&status=paid")
    at.look_at("invoices.show_statement", f"/workplace/invoices/statements/{date.today():%Y-%m}")
    at.look_at("activity.show", "/billing/activity")
    at.look_at("activity.show", "/billing/activity?person=no+one&from=2026-11-02&to=2026-11-01")


@scene("billing_details.show")
def billing_details(at: Stage) -> None:
    """Refused, and saved."""
    at.enter(an_organization(credit="20"), "/billing/details")
    at.look("billing_details.show")
    at.fill("Legal name", "")
    at.fill("Billing email recipients", "no address")
    at.press("Save billing details")
    at.is_refused()
    at.look("billing_details.show")
    at.fill("Legal name", "Harbor Dental Inc.")
    at.fill("Billing email recipients", "books@harbor.example")
    at.press("Save billing details")
    at.is_told("Billing details saved.")
    at.look("billing_details.show")


@scene("billing_details.show", "auth.confirm", "auth.confirmed")
def asked_who_it_is(at: Stage) -> None:
    """The question beside a form, wrongly answered; and the pages that ask it and that it is answered."""
    at.enter(an_organization(credit="20"), "/billing/details")
    minutes_pass()
    at.fill("Legal name", "Harbor Dental Inc.")
    at.fill("Billing email recipients", "books@harbor.example")
    at.press("Save billing details")
    asked = at.page.get_by_label("Your password")
    asked.wait_for()
    at.look("billing_details.show")
    asked.fill("wrong")
    at.page.keyboard.press("Enter")
    at.see("Incorrect password.")
    at.look("billing_details.show")
    at.look_at("auth.confirm", "/confirm?next=/billing/details")
    at.fill("Your password", "wrong")
    at.page.keyboard.press("Enter")
    at.see("Incorrect password.")
    at.look("auth.confirm")
    at.look_at("auth.confirmed", "/confirm/done")


@scene("api_docs.show", "api_docs.list_problems", "api_docs.show_problem")
def pages_about_the_api(at: Stage) -> None:
    """For those who build on it."""
    at.look_at("api_docs.show", "/api/docs")
    at.look_at("api_docs.list_problems", "/api/problems")
    at.page.locator("main a").first.click()
    at.look("api_docs.show_problem")
