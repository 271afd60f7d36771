"""A page that answers a form begins where the answer is, for the keyboard and for what is read out, and that is in view."""

from __future__ import annotations

import re

from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.site import sign_in
from tests.factories import a_payer, a_person, an_organization
from tests.support.alerting import a_chat, an_alerted
from tests.support.auto_top_ups import switch_on
from tests.support.braking import stop
from tests.support.states import busy

SMALL = {"width": 1280, "height": 500}


def test_what_would_stop_is_read_before_it_is_confirmed(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=a_payer(credit="20")[0]).email, to="/billing/wallet/limits/new")
    page.get_by_label("Applies to").select_option(label="The whole organization")
    page.get_by_label("Limit", exact=True).fill("0")
    page.get_by_role("button", name="Add limit").press("Enter")
    asked = page.get_by_role("heading", name="Check before something stops")
    expect(asked).to_be_focused()
    expect(asked).to_have_accessible_description(page.locator("#review-says").inner_text())


def test_what_someone_else_changed_meanwhile_is_read_first(page: Page, app: Flask) -> None:
    organization, card = a_payer(credit="20")
    switch_on(organization, card)
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet/auto-top-up")
    page.set_viewport_size(SMALL)
    switch_on(organization, card, threshold="15")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Save changes").press("Enter")
    changed = page.get_by_role("group", name="Someone else changed this in the meantime")
    expect(changed).to_be_focused()
    expect(changed).to_be_in_viewport()


def test_what_a_reserve_would_pause_is_read_before_it_is_confirmed(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=an_organization(credit="20")).email, to="/billing/wallet/set-aside")
    page.set_viewport_size(SMALL)
    page.get_by_role("radio", name="An amount").check()
    page.get_by_label("Amount to keep").fill("25")
    page.get_by_role("button", name="Save reserve").press("Enter")
    question = page.get_by_role("group", name="Outbound calls would stop")
    expect(question).to_be_focused()
    expect(question).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("name", "kind")


def test_an_answer_that_came_too_late_is_a_problem_like_others(page: Page, app: Flask) -> None:
    organization, _ = a_payer(credit="20")
    stop(organization)
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet/auto-top-up/brake")
    page.locator("input[name=stop]").evaluate("one => { one.value = 'of no stop' }")
    page.get_by_role("button", name="Continue this time").press("Enter")
    problem = page.get_by_role("group", name="There is a problem")
    expect(problem).to_be_focused()
    expect(problem).to_contain_text("Choose an answer.")


def test_where_one_key_answers_the_question_is_read_along_with_it(page: Page, app: Flask) -> None:
    organization, _ = a_payer(credit="20")
    stop(organization)
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet/auto-top-up/brake")
    go_on = page.get_by_role("button", name="Continue this time")
    expect(go_on).to_be_focused()
    expect(go_on).to_have_accessible_description("Should automatic top-ups continue?")


def test_a_result_with_a_part_to_continue_at_is_read_out_there(page: Page, app: Flask) -> None:
    organization, _ = an_alerted(amounts=("50",))
    chat = a_chat(organization, about=())
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet/alerts")
    page.get_by_role("textbox", name="Third level: under").fill("20")
    page.keyboard.press("Enter")
    who = page.locator("#who-heading")
    expect(who).to_be_focused()
    expect(who).to_have_accessible_description(re.compile("levels are saved"))
    page.keyboard.press("Tab")
    expect(page.locator("#who :focus")).to_have_count(1)
    page.get_by_role("button", name="Send a test").last.press("Enter")
    channel = page.locator(f"#channel-{chat.id}")
    expect(channel).to_be_focused()
    expect(channel).to_have_accessible_description(page.locator("#messages .message").inner_text())
    page.get_by_role("link", name="Choose alerts").last.press("Enter")
    expect(page.locator(f"#gets-{chat.id}")).to_be_focused()


def test_what_a_filter_finds_is_where_one_continues_and_a_view_of_it_is_a_tab_away(
    page: Page, app: Flask
) -> None:
    sign_in(page, a_person(organization=busy()).email, to="/billing/wallet")
    page.get_by_text("More filters").click()
    page.get_by_role("combobox", name="Show").select_option(label="Top-ups")
    page.get_by_role("button", name="Filter", exact=True).press("Enter")
    expect(page.get_by_role("heading", name="Top-ups", exact=True)).to_be_focused()
    for what in ("link", "textbox"):
        page.keyboard.press("Tab")
        assert page.locator(":focus").and_(page.get_by_role(what)).count() == 1  # type: ignore[arg-type]
    expect(page.get_by_role("textbox", name="Name of this view")).to_have_value("Top-ups")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Top-ups", exact=True)).to_be_focused()
    page.get_by_role("link", name="Clear filters").press("Enter")
    expect(page.get_by_role("heading", name="History")).to_be_focused()
