"""What a screen reader says by itself: once, what has changed; and nothing of what hasn't."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from app.clock import utc_now
from app.models import Organization, TransferKind
from tests.browser.announced import announced, listen
from tests.browser.site import sign_in
from tests.factories import a_payer, a_person, a_stripe_card, an_organization, give_credit, usd
from tests.support import moving

POLLS = {
    "/billing": "**/billing/live/overview*",
    "/billing/wallet": "**/billing/live/wallet*",
    "/billing/payment-methods": "**/billing/live/payment-methods*",
    "/billing/change-plan": "**/billing/live/change-plan*",
    "/billing/wallet/limits": "**/billing/live/limits*",
}


@pytest.fixture
def organization(app: Flask) -> Organization:
    made, _ = a_payer(credit="90", alert="50")
    a_stripe_card(made, "pm_card_mastercard")
    return made


@pytest.fixture
def enter(page: Page, organization: Organization) -> Callable[[str], None]:
    """Signs in, goes to a page and listens to it from then on."""

    def go(path: str) -> None:
        sign_in(page, a_person(organization=organization).email, to=path)
        listen(page)

    return go


def poll(page: Page, path: str, times: int = 2) -> None:
    """Let the page ask for what is new, and take it in."""
    for _ in range(times):
        with page.expect_response(POLLS[path]):
            page.evaluate("document.getElementById('live').dispatchEvent(new CustomEvent('wake'))")
    page.evaluate("new Promise((done) => setTimeout(() => requestAnimationFrame(done)))")


def heard(page: Page) -> list[str]:
    """What was said: by live regions, and of what has focus where it was put there."""
    focused = str(
        page.evaluate(
            "document.activeElement?.matches('[tabindex=\"-1\"]') ? document.activeElement.innerText : ''"
        )
    )
    # What takes long is said meanwhile, on a busy machine also what else doesn't.
    said = [one for one in announced(page) if not one.startswith("In progress:")]
    return [*said, *([" ".join(focused.split())] if focused else [])]


@pytest.mark.parametrize("path", POLLS)
def test_a_poll_without_a_change_says_nothing(page: Page, enter: Callable[[str], None], path: str) -> None:
    enter(path)
    poll(page, path, times=3)
    assert announced(page) == []


@pytest.mark.parametrize("path", ["/billing", "/billing/wallet"])
def test_a_change_of_calling_is_said_once_and_one_of_figures_not(
    page: Page, organization: Organization, enter: Callable[[str], None], path: str
) -> None:
    enter(path)
    give_credit(organization, "1")
    poll(page, path)
    expect(page.get_by_text("$91.00").first).to_be_visible()
    assert announced(page) == []
    moving.post(organization, TransferKind.REFUND, usd("91"), utc_now(), out=True)
    expect(page.get_by_role("region", name="Calling is paused")).to_be_visible()
    poll(page, path)
    said = announced(page)
    assert len(said) == 1 and "paused" in said[0].lower(), said
    give_credit(organization, "200")
    expect(page.get_by_role("region", name="Calling is paused")).to_be_hidden()
    poll(page, path)
    said = announced(page)
    assert len(said) == 1, said


def test_what_was_done_is_said_once(page: Page, enter: Callable[[str], None]) -> None:
    enter("/billing/payment-methods")
    page.get_by_role("button", name="Make default Mastercard ending in 4444").click()
    expect(page.get_by_role("status").first).to_contain_text("default")
    poll(page, "/billing/payment-methods")
    assert announced(page)[-1:] == ["Mastercard ending in 4444 is now your default card."]
    page.get_by_role("button", name="Remove Visa ending in 4242").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove card").click()
    expect(page.get_by_role("status").first).to_contain_text("was removed")
    poll(page, "/billing/payment-methods")
    assert [one for one in announced(page) if "removed" in one] == ["Visa ending in 4242 was removed."]


def test_a_refused_form_is_said_once(page: Page, enter: Callable[[str], None]) -> None:
    enter("/billing/wallet")
    for _ in range(2):
        page.get_by_role("radio", name="Other amount").check()
        page.get_by_role("button", name="Review top-up").click()
        expect(page.locator(".error-summary")).to_be_focused()
        said = heard(page)
        assert len(said) == 1, said
        page.locator("body").click(position={"x": 1, "y": 1})


def test_a_slow_payment_is_said_while_it_lasts_and_then_how_it_came_out(
    page: Page, enter: Callable[[str], None]
) -> None:
    enter("/billing/wallet")
    page.get_by_role("button", name="Review top-up").press("Enter")
    page.get_by_role("button", name="Pay $50.00").wait_for()
    listen(page)
    announced(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/wallet/top-ups/*/payments", hold)
    page.get_by_role("button", name="Pay $50.00").press("Enter")
    expect(page.locator("#busy")).not_to_be_empty()
    assert announced(page) == ["In progress: Pay $50.00. Please wait."]
    held[0].continue_()
    expect(page.get_by_role("heading", name="Paid")).to_be_focused()
    poll(page, "/billing/wallet")
    said = heard(page)
    assert [one for one in said if "Paid" in one] == ["Paid"], said
    assert len(said) == len(set(said)), said


def test_after_switching_the_organization_it_is_said_where_one_is(page: Page, app: Flask) -> None:
    person = a_person(organization=an_organization("Birch of Said Once"))
    other = an_organization("Cedar of Said Once")
    from app.extensions import db
    from app.models import Membership, Role

    db.session.add(Membership(org_id=other.id, user_id=person.id, role=Role.ORG_ADMIN))
    db.session.commit()
    sign_in(page, person.email)
    page.get_by_label("Organization").select_option(label="Cedar of Said Once")
    page.get_by_role("button", name="Switch", exact=True).click()
    message = page.locator(".message[tabindex]")
    expect(message).to_be_focused()
    expect(message).to_contain_text("Cedar of Said Once")
    expect(page.get_by_text("viewing Cedar of Said Once")).to_have_count(1)
