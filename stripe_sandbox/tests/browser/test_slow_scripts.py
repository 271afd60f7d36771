"""Frames whose script is late: nothing can be pressed or typed before it is there, and everything works after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route, expect

from stripe_sandbox.tests.browser.customer import Customer


@contextmanager
def held(page: Page, script: str) -> Iterator[list[Route]]:
    """Hold a frame's script back; taking a route out of the list lets it continue."""
    routes: list[Route] = []
    page.route(f"**/_sandbox/assets/{script}.js", lambda route: routes.append(route))  # noqa: PLW0108, it marks the handler
    yield routes
    for route in routes:
        route.continue_()


def test_a_press_before_the_banks_script_is_there_leads_nowhere(customer: Customer) -> None:
    complete = customer.challenge.get_by_role("button", name="Complete")
    customer.open_card_form()
    with held(customer.page, "challenge") as routes:
        customer.save("4000002760003184")
        expect(complete).to_be_disabled()
        complete.click(force=True)
        complete.press("Enter")
        assert len(routes) == 1
        expect(complete).to_be_disabled()
    complete.click()
    expect(customer.status).to_have_text("done")
    assert customer.result["setupIntent"]["status"] == "succeeded"
    assert customer.complaints == []


def test_nothing_is_typed_before_the_card_fields_can_check_it(customer: Customer) -> None:
    number = customer.card.get_by_label("Card number")
    customer.page.goto(customer.shop)
    with held(customer.page, "card") as routes:
        customer.page.evaluate("void mountCard({ mode: 'setup', currency: 'usd' })")
        expect(number).to_be_disabled()
        customer.page.evaluate("elements.getElement('payment').focus()")
        assert len(routes) == 1
        expect(number).to_be_disabled()
    expect(number).to_be_focused()
    customer.page.keyboard.type("4242")
    expect(number).to_have_value("4242")
    assert customer.page.evaluate("happened.filter((one) => one === 'ready').length") == 1


def test_a_card_asked_for_too_early_is_checked_once_the_fields_are_there(customer: Customer) -> None:
    customer.page.goto(customer.shop)
    with held(customer.page, "card"):
        customer.page.evaluate("void mountCard({ mode: 'setup', currency: 'usd' })")
        customer.page.evaluate("start(() => elements.submit())")
        expect(customer.card.get_by_label("Card number")).to_be_disabled()
    expect(customer.status).to_have_text("incomplete_number")
    expect(customer.card.get_by_label("Card number")).to_be_focused()
