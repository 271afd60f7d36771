"""Confirming who it is, in the page: beside the form that was stopped, which loses nothing and is sent once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Request, Route, expect

from app.clock import utc_now
from app.extensions import db
from app.models import Organization, SignInSession, User
from tests.browser.cards_page import CARDS, VISA, fields, fill_in, listed, open_form, said, save
from tests.browser.devices import Device
from tests.browser.looks import check_in_each_look
from tests.browser.site import Site, sign_in, tab_to
from tests.factories import PASSWORD, a_payer, a_person, a_stripe_card
from tests.support.factors import an_app


@pytest.fixture
def organization(app: Flask) -> Organization:
    """Someone with a Visa, which is the default, and a Mastercard."""
    made, _ = a_payer(credit="20")
    a_stripe_card(made, "pm_card_mastercard")
    return made


@pytest.fixture
def person(organization: Organization) -> User:
    return a_person(organization=organization)


@pytest.fixture
def half_an_hour_passes(person: User) -> Callable[[], None]:
    """Lets half an hour go by since the person has confirmed."""

    def passes() -> None:
        own = db.update(SignInSession).where(SignInSession.user_id == person.id)
        db.session.execute(own.values(confirmed_at=utc_now() - timedelta(minutes=31)))
        db.session.commit()

    return passes


def posts(page: Page, path: str) -> list[Request]:
    """The forms sent to a path from now on."""
    sent: list[Request] = []
    page.on(
        "request", lambda one: sent.append(one) if one.method == "POST" and one.url.endswith(path) else None
    )
    return sent


def test_by_keyboard_the_question_is_answered_and_the_form_goes_on_once(
    page: Page, person: User, half_an_hour_passes: Callable[[], None]
) -> None:
    sign_in(page, person.email, to="/billing/details")
    half_an_hour_passes()
    sent = posts(page, "/billing/details")
    page.get_by_label("Legal name").fill("Harbor Dental Inc.")
    page.get_by_label("Billing email recipients").fill("books@harbor.example")
    tab_to(page, "Save billing details")
    page.keyboard.press("Enter")
    asked = page.get_by_label("Your password")
    expect(asked).to_be_focused()
    expect(page.get_by_role("alert").filter(has=asked)).to_contain_text("change who gets billing emails")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Incorrect password.")).to_be_visible()
    expect(asked).to_be_focused()
    expect(page.get_by_label("Legal name")).to_have_value("Harbor Dental Inc.")
    assert len(sent) == 1
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Billing details saved.")
    expect(asked).to_have_count(0)
    expect(page.get_by_label("Billing email recipients")).to_have_value("books@harbor.example")
    assert len(sent) == 2, "stopped, and then sent once"


def test_a_passkey_is_preferred_and_by_keyboard_the_form_goes_on_once(
    sight: Page, site: Site, person: User, half_an_hour_passes: Callable[[], None]
) -> None:
    page = sight
    sign_in(page, person.email, to="/billing/details")
    device = Device(page)
    device.give_passkey(site, person)
    an_app(person)
    half_an_hour_passes()
    sent, confirmed = posts(page, "/billing/details"), posts(page, "/confirm")
    page.get_by_label("Billing email recipients").fill("books@harbor.example")
    tab_to(page, "Save billing details")
    page.keyboard.press("Enter")
    use = page.get_by_role("button", name="Use your passkey")
    expect(use).to_be_focused()
    expect(page.get_by_label("Code from your authenticator app")).to_be_visible()
    expect(page.get_by_label("Your password")).to_have_count(0)
    check_in_each_look(page)
    device.unlocks(False)
    page.keyboard.press("Enter")
    expect(page.get_by_text("No passkey was used. Try again, or use something else.")).to_be_visible()
    check_in_each_look(page)
    assert (len(sent), len(confirmed)) == (1, 0)
    device.unlocks(True)
    tab_to(page, "Use your passkey")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Billing details saved.")
    assert (len(sent), len(confirmed)) == (2, 1), "stopped, and then sent once"


def test_who_has_a_passkey_and_no_password_confirms_on_the_page_that_asks(
    sight: Page, site: Site, person: User, half_an_hour_passes: Callable[[], None]
) -> None:
    page = sight
    sign_in(page, person.email)
    Device(page).give_passkey(site, person)
    db.session.execute(db.update(User).where(User.id == person.id).values(password_hash=None))
    db.session.commit()
    half_an_hour_passes()
    page.goto("/account/second-factor/passkeys/new")
    expect(page.get_by_role("heading", name="Confirm it's you")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in again")).to_be_visible()
    check_in_each_look(page)
    tab_to(page, "Use your passkey")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Add a passkey")).to_be_visible()


def test_the_question_is_shown_once_it_can_be_answered(
    page: Page, person: User, half_an_hour_passes: Callable[[], None]
) -> None:
    sign_in(page, person.email, to="/billing/details")
    half_an_hour_passes()
    held: list[Route] = []
    page.route("**/confirm*.js", lambda route: held.append(route))  # noqa: PLW0108 - Playwright asks a function how many arguments it takes
    page.get_by_label("Billing email recipients").fill("books@harbor.example")
    with page.expect_request("**/confirm*.js"), page.expect_response("**/billing/details"):
        page.get_by_role("button", name="Save billing details").click()
    asked = page.get_by_label("Your password")
    expect(asked).to_have_count(0)
    while held:
        held.pop().continue_()
    expect(asked).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Billing details saved.")
    expect(page.get_by_label("Billing email recipients")).to_have_value("books@harbor.example")


def test_a_button_goes_on_too(page: Page, person: User, half_an_hour_passes: Callable[[], None]) -> None:
    sign_in(page, person.email, to=CARDS)
    half_an_hour_passes()
    page.get_by_role("button", name="Make default Mastercard").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(said(page)).to_contain_text("Mastercard ending in 4444 is now your default card.")


def test_in_a_dialog_the_question_is_on_the_page_behind_it(
    page: Page, person: User, half_an_hour_passes: Callable[[], None]
) -> None:
    sign_in(page, person.email, to=CARDS)
    half_an_hour_passes()
    page.get_by_role("button", name="Remove Mastercard").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Mastercard ending in 4444 was removed.")
    expect(listed(page)).to_have_count(1)


def test_before_the_card_form_it_is_asked_first(
    page: Page, person: User, half_an_hour_passes: Callable[[], None]
) -> None:
    sign_in(page, person.email, to=CARDS)
    half_an_hour_passes()
    page.get_by_role("button", name="Add a card").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
    fields(page).get_by_label("Card number").wait_for()


def test_what_is_typed_into_stripes_fields_stays(
    page: Page, person: User, half_an_hour_passes: Callable[[], None]
) -> None:
    sign_in(page, person.email, to=CARDS)
    open_form(page)
    fill_in(page, VISA.replace("4242424242424242", "5200828282828210"))
    half_an_hour_passes()
    save(page)
    page.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("was saved.")
    expect(listed(page)).to_have_count(3)


def test_a_large_top_up_is_paid_once_after_it(
    page: Page, person: User, half_an_hour_passes: Callable[[], None]
) -> None:
    sign_in(page, person.email, to="/billing/wallet")
    page.get_by_role("radio", name="Other amount").check()
    page.get_by_role("textbox", name="Other amount").fill("600")
    page.get_by_role("button", name="Review top-up").click()
    pay = page.get_by_role("button", name="Pay $600.00")
    expect(pay).to_be_visible()
    half_an_hour_passes()
    pay.click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("$600.00 was charged to Visa ending in 4242.")).to_be_visible()


def test_without_scripts_it_is_a_page_and_nothing_is_lost(
    browser: Browser, site: Site, person: User, half_an_hour_passes: Callable[[], None]
) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, person.email, to="/billing/wallet/daily-limit")
    half_an_hour_passes()
    page.get_by_label("New daily limit").fill("300")
    page.get_by_role("button", name="Save limit").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_text("It hasn't been sent yet.")).to_be_visible()
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("Your daily top-up limit is now $300.00.")).to_be_visible()
    context.close()


@pytest.mark.parametrize(
    "path", ["/billing/wallet/daily-limit", "/billing/security", "/confirm?why=cards&next=/billing"]
)
def test_pages_in_each_look(sight: Page, person: User, path: str) -> None:
    sign_in(sight, person.email)
    sight.goto(path)
    check_in_each_look(sight)


def test_the_question_in_place_in_each_look(
    sight: Page, person: User, half_an_hour_passes: Callable[[], None]
) -> None:
    sign_in(sight, person.email, to="/billing/details")
    half_an_hour_passes()
    sight.get_by_label("Billing email recipients").fill("books@harbor.example")
    sight.get_by_role("button", name="Save billing details").click()
    sight.get_by_label("Your password").fill("wrong")
    sight.keyboard.press("Enter")
    expect(sight.get_by_text("Incorrect password.")).to_be_visible()
    check_in_each_look(sight)
