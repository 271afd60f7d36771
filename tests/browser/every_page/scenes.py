"""What pages show on the way: refused forms, dialogs, steps of a payment, what is said when something fails.

Each scene is gone through once for each way of looking; `look` is called where there is something to see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Page, Route, expect

from app.billing.plans import resource_counts
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, Role, SignInSession
from app.people import invitations
from app.web import errors
from tests.browser.site import Site, sign_in
from tests.factories import OWNER, PASSWORD, a_payer, a_person, a_stripe_card, an_organization
from tests.support.factors import an_app, codes_of
from tests.support.plans import ALWAYS_3DS, DECLINES, a_subscriber, sell_plans

Look = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a scene is played: a page, the running product, and what looks at it."""

    page: Page
    site: Site
    look: Look

    def press(self, name: str, role: str = "button") -> None:
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]

    def enter(self, organization: Organization, to: str) -> None:
        sign_in(self.page, a_person(organization=organization).email, to=to)

    def show(self, address: str, html: str) -> None:
        """Go to an address that answers with this page."""

        def answer(route: Route) -> None:
            route.fulfill(body=html, content_type="text/html")

        self.page.route(address, answer)
        self.page.goto(address)

    def see(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()


def signing_in(at: Stage) -> None:
    """The sign-in page, refused, and the second factor after it."""
    person = a_person(organization=an_organization())
    an_app(person)
    codes_of(person)
    db.session.commit()
    at.page.goto("/sign-in")
    at.look("auth.sign_in")
    at.press("Sign in")
    at.page.locator(".error-summary").wait_for()
    at.look("auth.sign_in")
    at.page.get_by_label("Email").fill(person.email)
    at.page.get_by_label("Password").fill(PASSWORD)
    at.press("Sign in")
    at.page.wait_for_url("**/second-factor**")
    at.look("auth.second_factor")
    at.page.goto("/sign-in/second-factor/recovery-code")
    at.look("auth.recovery_code")


def forgotten_passwords_and_invitations(at: Stage) -> None:
    """Links that came by mail, also those that are over."""
    made = invitations.invite(an_organization(), "new@people.example", role=Role.ORG_ADMIN, actor=OWNER)
    db.session.commit()
    at.page.goto(f"/invitations/{made.token}")
    at.look("auth.invitation")
    at.page.get_by_label("New password").fill("short")
    at.page.get_by_role("button").filter(has_text="join").click()
    at.see("at least 8 characters")
    at.look("auth.invitation")
    at.page.goto("/set-password/over")
    at.look("auth.set_password")
    at.page.goto("/forgot-password")
    at.look("auth.forgot_password")
    at.page.get_by_role("textbox").first.fill("someone@people.example")
    at.page.keyboard.press("Enter")
    at.see("Check your email.")
    at.look("auth.forgot_password")


def pages_about_the_api(at: Stage) -> None:
    at.page.goto("/api/docs")
    at.look("api_docs.show")
    at.page.goto("/api/problems")
    at.look("api_docs.list_problems")
    at.page.locator("main a").first.click()
    at.look("api_docs.show_problem")


def blocked_cookies(at: Stage) -> None:
    at.page.goto("/auth/shell?path=/billing")
    at.look("auth.arrive_from_shell")


def errors_of_every_kind(at: Stage) -> None:
    """Every page about an error, drawn as for a person who isn't signed in, and those that one can go to."""
    organization = an_organization()
    for code in (400, 401, 404, 405, 408, 413, 429, 500, 503):
        with at.site.app.test_request_context("/billing"):
            html = errors.page(code).get_data(as_text=True)  # type: ignore[union-attr]
        at.show(f"{at.site.url}/error/{code}", html)
        at.look("errors")
    member = a_person(organization=organization, role=Role.MEMBER)
    a_person(organization=organization, name="Dana Whitfield")
    at.page.goto("/sign-in")
    at.page.get_by_label("Email").fill(member.email)
    at.page.get_by_label("Password").fill(PASSWORD)
    at.press("Sign in")
    at.see("Billing is for owners")
    at.look("errors")
    at.page.goto("/nothing")
    at.look("errors")


def a_top_up_with_the_bank(at: Stage) -> None:
    """Refused, reviewed, the challenge's dialog, declined, paid."""
    organization, _ = a_payer(ALWAYS_3DS)
    at.enter(organization, "/billing/wallet")
    at.page.get_by_role("radio", name="Other amount").check()
    at.press("Review top-up")
    at.page.locator(".error-summary").wait_for()
    at.look("wallet.show")
    at.page.get_by_role("textbox", name="Other amount").fill("20")
    at.press("Review top-up")
    at.page.get_by_role("button", name="Pay $20.00").wait_for()
    at.look("wallet.show_top_up")
    at.press("Pay $20.00")
    challenge = at.page.frame_locator("dialog iframe")
    challenge.get_by_role("button", name="Fail").wait_for()
    at.look("wallet.show_top_up")
    challenge.get_by_role("button", name="Fail").click()
    at.see("Not paid")
    at.look("wallet.show_top_up")
    at.press("Pay $20.00")
    challenge.get_by_role("button", name="Complete").click()
    at.see("$20.00 was charged to")
    at.look("wallet.show_top_up")


def a_card_in_the_form(at: Stage) -> None:
    """Stripe's fields, where no card is saved: as they come, and with what is wrong in them."""
    at.enter(an_organization(), "/billing/wallet")
    at.page.frame_locator("iframe[title='Secure payment input frame']").get_by_label("Card number").wait_for()
    at.look("wallet.show")
    at.press("Review top-up")
    at.look("wallet.show")
    at.page.goto("/billing/payment-methods/new")
    at.page.frame_locator("iframe[title='Secure payment input frame']").get_by_label("Card number").wait_for()
    at.press("Save card")
    at.look("payment_methods.new")


def a_card_is_removed(at: Stage) -> None:
    """The dialog that asks; and, where a card is needed, why it stays."""
    organization, _ = a_payer()
    a_stripe_card(organization, "pm_card_mastercard")
    at.enter(organization, "/billing/payment-methods")
    at.press("Remove Visa ending in 4242")
    at.page.get_by_role("dialog").wait_for()
    at.look("payment_methods.show")
    at.press("Remove card")
    at.see("was removed")
    at.look("payment_methods.show")


def a_switch_of_plan(at: Stage) -> None:
    """Reviewed, declined; scheduled with what is lost; refused."""
    sell_plans()
    organization, _ = a_payer(DECLINES)
    at.enter(organization, "/billing/change-plan")
    at.page.get_by_role("radio", name="Growth, monthly").or_(
        at.page.get_by_label("Growth, monthly")
    ).first.check()
    at.press("Review change")
    at.page.get_by_role("button", name="Switch to Growth").wait_for()
    at.look("change_plan.show_switch")
    at.press("Switch to Growth")
    at.see("Not paid")
    at.look("change_plan.show_switch")


def a_smaller_plan(at: Stage) -> None:
    organization = a_subscriber()
    resource_counts.set_counts(organization.id, {"agents": 3})
    db.session.commit()
    at.enter(organization, "/billing/change-plan")
    at.page.get_by_label("Starter").first.check()
    at.press("Review change")
    at.page.get_by_role("button", name="Switch to Starter").wait_for()
    at.look("change_plan.show_switch")
    at.press("Switch to Starter")
    at.see("Scheduled")
    at.look("change_plan.show_switch")


def refused_forms(at: Stage) -> None:
    """Fields that are wrong, on each page that has some."""
    at.enter(an_organization(credit="20"), "/billing/details")
    at.page.get_by_label("Legal name").fill("")
    at.page.get_by_label("Billing email recipients").fill("no address")
    at.press("Save billing details")
    at.page.locator(".error-summary").wait_for()
    at.look("billing_details.show")
    at.page.goto("/billing/wallet/daily-limit")
    at.page.get_by_role("textbox").first.fill("much")
    at.page.keyboard.press("Enter")
    at.page.locator(".error-summary").wait_for()
    at.look("wallet.show_daily_limit")
    at.page.goto("/account")
    at.page.get_by_label("Current password").fill("wrong")
    at.page.get_by_label("New password").fill("eight green bottles")
    at.page.keyboard.press("Enter")
    at.page.locator(".error-summary, .field-error").first.wait_for()
    at.look("account.show")


def asked_who_it_is(at: Stage) -> None:
    """The question beside a form, wrongly answered; and the page that asks it."""
    organization = an_organization(credit="20")
    at.enter(organization, "/billing/details")
    long_ago = utc_now() - timedelta(minutes=31)
    db.session.execute(
        db.update(SignInSession).where(SignInSession.org_id == organization.id).values(confirmed_at=long_ago)
    )
    db.session.commit()
    at.page.get_by_label("Legal name").fill("Harbor Dental Inc.")
    at.page.get_by_label("Billing email recipients").fill("books@harbor.example")
    at.press("Save billing details")
    asked = at.page.get_by_label("Your password")
    asked.wait_for()
    at.look("billing_details.show")
    asked.fill("wrong")
    at.page.keyboard.press("Enter")
    at.see("Incorrect password.")
    at.look("billing_details.show")


def the_palette_and_the_keys(at: Stage) -> None:
    """The search over a page, empty, with results and without; and the list of keys."""
    at.enter(an_organization(credit="20"), "/billing/wallet")
    at.page.keyboard.press("Control+k")
    at.page.get_by_role("dialog", name="Search").wait_for()
    at.look("search.show")
    asked = at.page.locator("#palette-q")
    asked.fill("top")
    at.page.locator("#palette-results a").first.wait_for()
    at.look("search.show")
    asked.fill("top zzzz")
    expect(at.page.locator("#palette-results a")).to_have_count(0)
    at.look("search.show")
    at.page.keyboard.press("Escape")
    at.page.keyboard.press("?")
    at.page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    at.look("wallet.show")


def what_fails_meanwhile(at: Stage) -> None:
    """A lost connection, a session that ended, a server that fails: said in the page."""
    at.enter(a_payer(credit="20")[0], "/billing/wallet")
    at.page.route("**/billing/live/**", lambda route: route.abort())
    at.see("Connection lost.")
    at.look("wallet.show")
    at.page.unroute("**/billing/live/**")
    at.page.route("**/wallet/top-ups", lambda route: route.fulfill(status=502, body="<h1>Bad gateway</h1>"))
    at.page.get_by_role("radio", name="Other amount").check()
    at.page.get_by_role("textbox", name="Other amount").fill("20")
    at.press("Review top-up")
    at.see("What you entered is still here")
    at.look("wallet.show")
    at.page.context.clear_cookies()
    at.see("Your session has ended.")
    at.look("wallet.show")


SCENES: list[Callable[[Stage], None]] = [
    signing_in,
    forgotten_passwords_and_invitations,
    pages_about_the_api,
    blocked_cookies,
    errors_of_every_kind,
    a_top_up_with_the_bank,
    a_card_in_the_form,
    a_card_is_removed,
    a_switch_of_plan,
    a_smaller_plan,
    refused_forms,
    asked_who_it_is,
    the_palette_and_the_keys,
    what_fails_meanwhile,
]
