"""Topping up in a browser: by keyboard alone, with the bank's challenge, declined, live, and without JavaScript."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from demo import usage_reports
from demo.usage_reports import Used
from tests.browser.site import Site, sign_in, tab_to
from tests.factories import a_payer, a_person, a_stripe_card, usd
from tests.support.money import balance, credited


@pytest.fixture
def organization(app: Flask) -> Organization:
    """Someone with a good card and five dollars of credit."""
    return a_payer(credit="5")[0]


@pytest.fixture
def owner(organization: Organization) -> str:
    return a_person(organization=organization, name="Dana Whitfield").email


def use(organization: Organization, dollars: str) -> None:
    """Let calls cost this much."""
    units = usage_reports.units_costing(organization, "calls_outbound", usd(dollars))
    now = utc_now()
    usage_reports.record(
        organization,
        f"test:{now}",
        [Used("calls_outbound", units, organization.local_day())],
        at=now,
    )
    db.session.commit()


def test_by_keyboard_alone(page: Page, organization: Organization, owner: str) -> None:
    page.goto("/billing/wallet")
    tab_to(page, "Email")
    page.keyboard.type(owner)
    tab_to(page, "Password")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Wallet", level=1)).to_be_visible()

    page.keyboard.press("t")
    expect(page.get_by_role("radio", name="$50", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="$100", exact=True)).to_be_checked()
    tab_to(page, "Review top-up")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You'll pay $100.00 with Visa ending in 4242")).to_be_visible()
    expect(page.get_by_text("Your available credit will be $105.00")).to_be_visible()
    assert credited(organization) == []

    tab_to(page, "Pay $100.00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Top up")).to_contain_text("$100.00 was charged to")
    expect(page.get_by_role("region", name="Balance")).to_contain_text("$105.00")
    expect(page.get_by_role("region", name="History")).to_contain_text("+$100.00")
    assert page.evaluate("document.activeElement !== document.body"), "the keyboard still knows where it is"
    assert credited(organization) == [100]


def test_another_amount_and_its_mistakes(page: Page, organization: Organization, owner: str) -> None:
    sign_in(page, owner, to="/billing/wallet")
    page.get_by_role("radio", name="Other amount").check()
    field = page.get_by_role("textbox", name="Other amount")
    expect(field).to_be_focused()
    field.fill("12,50")
    page.get_by_role("button", name="Review top-up").click()
    problem = page.get_by_role("link", name=re.compile("Use a decimal point"))
    expect(problem).to_be_visible()
    expect(field).to_have_value("12,50")
    problem.click()
    expect(field).to_be_focused()
    field.fill("12.50")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Pay $12.50").click()
    expect(page.get_by_role("region", name="Top up")).to_contain_text("$12.50 was charged to")
    assert balance(organization) == "17.50"


def test_reload_and_back_keep_what_was_chosen(page: Page, organization: Organization, owner: str) -> None:
    other = a_stripe_card(organization, "pm_card_mastercard")
    sign_in(page, owner, to="/billing/wallet")
    card = page.get_by_role("combobox", name="Card", exact=True)
    page.get_by_role("radio", name="$250").check()
    card.select_option(str(other.id))
    page.reload()
    expect(page.get_by_role("radio", name="$250")).to_be_checked()
    expect(card).to_have_value(str(other.id))
    page.get_by_role("radio", name="Other amount").check()
    page.get_by_role("textbox", name="Other amount").fill("73")
    page.get_by_role("button", name="Review top-up").click()
    expect(page.get_by_role("heading", name="Check before you pay")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("textbox", name="Other amount")).to_have_value("73")
    expect(card).to_have_value(str(other.id))


def test_a_double_click_charges_once(page: Page, organization: Organization, owner: str) -> None:
    sign_in(page, owner, to="/billing/wallet")
    page.get_by_role("button", name="Review top-up").click()
    page.get_by_role("button", name="Pay $50.00").dblclick()
    expect(page.get_by_role("region", name="Top up")).to_contain_text("$50.00 was charged to")
    # Going back loads the page before again, which is to be over before it is loaded once more.
    with page.expect_event("load"):
        page.go_back()
    expect(page.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    page.goto(page.url)
    assert credited(organization) == [50]


def pays(page: Page, site: Site, *, radar_session: str) -> None:
    """Pay with the saved card, and find the snapshot of the browser on its charge."""
    field = page.locator("input[name=radar_session]")
    page.get_by_role("button", name="Review top-up").click()
    expect(field).to_have_value(re.compile(radar_session) if radar_session else "")
    page.get_by_role("button", name="Pay $50.00").click()
    expect(page.get_by_role("region", name="Top up")).to_contain_text("$50.00 was charged to")
    signals = site.sandbox.charges()[0].radar_options
    assert re.fullmatch(radar_session, (signals and signals.session) or "")


def test_a_saved_card_is_charged_with_what_radar_wants_to_know_of_the_browser(
    page: Page, owner: str, site: Site
) -> None:
    sign_in(page, owner, to="/billing/wallet")
    pays(page, site, radar_session="rse_[a-f0-9]+")


def test_where_stripes_script_is_blocked_a_saved_card_pays_all_the_same(
    page: Page, owner: str, site: Site
) -> None:
    page.route("**/stripe.js", lambda route: route.abort())
    sign_in(page, owner, to="/billing/wallet")
    pays(page, site, radar_session="")


class TestThreeDSecure:
    """The bank's challenge, in the page."""

    @pytest.fixture
    def organization(self, app: Flask) -> Organization:
        return a_payer("pm_card_threeDSecure2Required")[0]

    def begin(self, page: Page, owner: str) -> None:
        sign_in(page, owner, to="/billing/wallet")
        page.get_by_role("button", name="Review top-up").click()
        page.get_by_role("button", name="Pay $50.00").click()

    def test_confirmed_with_the_bank(self, page: Page, organization: Organization, owner: str) -> None:
        self.begin(page, owner)
        page.frame_locator("dialog iframe").get_by_role("button", name="Complete").click()
        expect(page.get_by_role("region", name="Top up")).to_contain_text("$50.00 was charged to")
        assert credited(organization) == [50]

    def test_refused_at_the_bank(self, page: Page, organization: Organization, owner: str) -> None:
        self.begin(page, owner)
        page.frame_locator("dialog iframe").get_by_role("button", name="Fail").click()
        expect(page.get_by_role("region", name="Top up")).to_contain_text("Not paid")
        expect(page.get_by_role("region", name="Top up")).to_contain_text("was not charged")
        assert credited(organization) == []

    def test_abandoned_with_escape_and_taken_up_again(
        self, page: Page, organization: Organization, owner: str
    ) -> None:
        self.begin(page, owner)
        page.frame_locator("dialog iframe").get_by_role("button", name="Complete").wait_for()
        page.keyboard.press("Escape")
        expect(page.get_by_role("region", name="Top up")).to_contain_text("wasn't confirmed with the bank")
        page.get_by_role("button", name="Pay $50.00").click()
        page.frame_locator("dialog iframe").get_by_role("button", name="Complete").click()
        expect(page.get_by_role("region", name="Top up")).to_contain_text("$50.00 was charged to")
        assert credited(organization) == [50]

    def test_finished_while_the_page_was_closed(
        self, page: Page, site: Site, organization: Organization, owner: str
    ) -> None:
        self.begin(page, owner)
        page.frame_locator("dialog iframe").get_by_role("button", name="Complete").wait_for()
        [intent] = site.sandbox.stripe.v1.payment_intents.list(
            {"customer": organization.stripe_customer_id or ""}
        ).data
        page.goto("/billing")
        site.sandbox.control.answer_challenge(intent.client_secret or "", "complete")
        expect(page.get_by_role("region", name="Balance")).to_contain_text("$50.00")
        assert credited(organization) == [50]


def test_a_declined_card_is_replaced_without_losing_the_amount(page: Page, app: Flask) -> None:
    organization, _ = a_payer("pm_card_chargeCustomerFail")
    a_stripe_card(organization, "pm_card_mastercard")
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet?amount=73.21")
    page.get_by_role("button", name="Review top-up").click()
    page.get_by_role("button", name="Pay $73.21").click()
    region = page.get_by_role("region", name="Top up")
    expect(region).to_contain_text("was not charged")
    expect(region.get_by_role("combobox", name="Card").locator("option:checked")).to_contain_text(
        "Mastercard"
    )
    page.get_by_role("button", name="Pay $73.21").click()
    expect(region).to_contain_text("$73.21 was charged to")
    assert balance(organization) == "73.21"


class TestLive:
    """Every open tab follows."""

    def test_a_second_tab_follows_a_top_up(
        self, context: BrowserContext, page: Page, organization: Organization, owner: str
    ) -> None:
        sign_in(page, owner)
        expect(page.get_by_role("region", name="Balance")).to_contain_text("$5.00")
        other = context.new_page()
        other.goto("/billing/wallet")
        other.get_by_role("button", name="Review top-up").click()
        other.get_by_role("button", name="Pay $50.00").click()
        other.get_by_text("$50.00 was charged to").first.wait_for()
        expect(page.get_by_role("region", name="Balance")).to_contain_text("$55.00")
        expect(page.get_by_role("region", name="Wallet activity")).to_contain_text("+$50.00")

    def test_usage_shows_without_moving_focus_scroll_selection_or_what_is_open(
        self, page: Page, organization: Organization, owner: str
    ) -> None:
        from datetime import timedelta

        holds.reserve(
            organization.id, "call-1", usd("1"), at=utc_now(), lease=timedelta(minutes=5), call="+1 212"
        )
        db.session.commit()
        sign_in(page, owner)
        page.get_by_text("Reserved for calls in progress").click()
        page.evaluate("window.scrollTo(0, 120)")
        link = page.get_by_role("link", name="View wallet history")
        link.focus()
        page.evaluate("getSelection().selectAllChildren(document.querySelector('#plan h2'))")
        seen = "[getSelection().toString(), document.activeElement.innerText]"
        before, place = page.evaluate(seen), link.bounding_box()
        use(organization, "1.25")
        expect(page.get_by_role("region", name="Balance")).to_contain_text("$2.75")
        assert page.evaluate(seen) == before
        # The chart of the first usage comes above it, and the page is scrolled by as much: by whole pixels.
        expect(page.locator("#usage .days")).to_be_visible()
        assert link.bounding_box() == pytest.approx(place, abs=1)
        expect(
            page.get_by_role("cell", name="+1 212").or_(page.get_by_role("rowheader", name="+1 212"))
        ).to_be_visible()

    def test_running_dry_shows_as_paused_and_a_top_up_ends_it(
        self, page: Page, organization: Organization, owner: str
    ) -> None:
        sign_in(page, owner, to="/billing/wallet")
        use(organization, "9")
        expect(page.get_by_text("Calling is paused.")).to_be_visible()
        page.get_by_role("button", name="Review top-up").click()
        page.get_by_role("button", name="Pay $50.00").click()
        expect(page.get_by_text("Calling is paused.")).to_have_count(0)
        expect(page.get_by_role("region", name="Balance")).to_contain_text("Active")

    def test_a_form_that_is_being_filled_in_is_left_alone(
        self, page: Page, organization: Organization, owner: str
    ) -> None:
        sign_in(page, owner, to="/billing/wallet")
        page.get_by_role("radio", name="Other amount").check()
        field = page.get_by_role("textbox", name="Other amount")
        field.press_sequentially("33")
        use(organization, "1.50")
        expect(page.get_by_role("region", name="Balance")).to_contain_text("$3.50")
        expect(field).to_have_value("33")
        expect(field).to_be_focused()


def test_without_javascript(browser: Browser, site: Site, organization: Organization, owner: str) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, owner, to="/billing/wallet")
    page.get_by_role("radio", name="Other amount").check(force=True)
    page.get_by_role("textbox", name="Other amount").fill("twelve")
    page.get_by_role("button", name="Review top-up").click()
    expect(page.get_by_role("link", name=re.compile("in digits"))).to_be_visible()
    page.get_by_role("textbox", name="Other amount").fill("12")
    page.get_by_role("button", name="Review top-up").click()
    page.get_by_role("button", name="Pay $12.00").click()
    expect(page.get_by_role("region", name="Top up")).to_contain_text("$12.00 was charged to")
    expect(page.get_by_role("region", name="History")).to_contain_text("+$12.00")
    context.close()
    assert balance(organization) == "17.00"
