"""Every detour that a task can take leads back to the task, with what was chosen: over HTTP, as without JavaScript.

What the same detours do in place, with scripts, is in `tests/browser/test_card_in_place.py` and
`tests/browser/test_confirming.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.billing.cards import payment_methods
from app.billing.subscriptions import switches
from app.extensions import db
from app.models import Organization, PaymentMethod, Role, User
from app.payments.tax_settings import TaxSettings
from app.people import invitations
from tests.factories import OWNER, PASSWORD, a_payer, a_person, a_stripe_card, an_organization
from tests.support.browsing import Visitor, text_of
from tests.support.cards_form import VISA
from tests.support.confirming import confirm, minutes_pass
from tests.support.factors import a_code, an_app
from tests.support.plans import a_debtor, plan_of, sell_plans
from tests.support.sandbox import Sandbox
from tests.support.taxes import taxed

CARDS = "/billing/payment-methods"


@dataclass
class Walk:
    """Someone in the middle of a task, in one browser."""

    app: Flask
    sandbox: Sandbox
    visitor: Visitor
    organization: Organization
    person: User
    other_card: PaymentMethod
    task: str = ""

    def read(self, path: str) -> str:
        return text_of(self.visitor.get(path))

    def link(self, page: TestResponse, address: str) -> str:
        """The link or form of a page that leads to an address, and what it takes along."""
        found = re.search(rf'(?:href|action)="({re.escape(address)}[^"]*)"', page.text)
        assert found, f"nothing leads to {address}"
        return unescape(found[1])


@pytest.fixture
def walk(app: Flask, sandbox: Sandbox, visitor: Visitor) -> Walk:
    sell_plans()
    organization, _ = a_payer(credit="20")
    other = a_stripe_card(organization, "pm_card_mastercard")
    db.session.commit()
    person = a_person(organization=organization)
    visitor.sign_in(person.email)
    return Walk(app, sandbox, visitor, organization, person, other)


def review(walk: Walk) -> str:
    """Growth was chosen, and is about to be confirmed."""
    switch = switches.begin(walk.organization, "growth", "month", OWNER)
    return f"/billing/change-plan/{switch.id}"


TASKS: dict[str, tuple[Callable[[Walk], str], str]] = {
    "a switch's review": (review, "Check before you switch"),
    "a plan that was chosen": (
        lambda _: "/billing/change-plan?plan=scale:year",
        'value="scale" aria-describedby="starts-3" checked',
    ),
    "an amount and a card": (
        lambda walk: f"/billing/wallet?amount=other&other_amount=73.21&card={walk.other_card.id}",
        'value="73.21"',
    ),
    "filters": (lambda _: "/billing/activity?kind=x&from=2026-11-01", 'value="2026-11-01"'),
}


def sign_in_again(walk: Walk) -> TestResponse:
    """The session has ended; a link leads to sign-in, and from there on."""
    walk.visitor.client.delete_cookie("billing_session")
    asked = walk.visitor.get(walk.task)
    assert urlsplit(asked.location or "").path == "/sign-in"
    return walk.visitor.sign_in(walk.person.email, to=next_of(asked))


def sign_in_with_an_app(walk: Walk) -> TestResponse:
    """The same with a second factor."""
    secret = an_app(walk.person)
    asked = sign_in_again(walk)
    assert urlsplit(asked.location or "").path == "/sign-in/second-factor"
    return walk.visitor.post("/sign-in/second-factor", {"code": a_code(secret, steps=1)})


def confirm_by_link(walk: Walk) -> TestResponse:
    """Someone who has to confirm who they are goes on where the page that asks was told."""
    minutes_pass()
    asked = walk.visitor.get("/confirm", query_string={"next": walk.task, "why": "plan"})
    return confirm(walk.visitor, asked)


DETOURS = {one.__name__: one for one in (sign_in_again, sign_in_with_an_app, confirm_by_link)}


def next_of(response: TestResponse) -> str:
    return parse_qs(urlsplit(response.location or "").query)["next"][0]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("detour", DETOURS)
def test_after_it_the_task_is_there_with_what_was_chosen(walk: Walk, detour: str, task: str) -> None:
    address, shown = TASKS[task]
    walk.task = address(walk)
    assert shown in re.sub(r"\s+", " ", walk.visitor.get(walk.task).text)
    back = DETOURS[detour](walk)
    assert back.status_code in {302, 303}
    assert back.location is not None
    page = walk.visitor.get(back.location)
    assert page.status_code == 200
    assert urlsplit(back.location).path == urlsplit(walk.task).path
    assert shown in re.sub(r"\s+", " ", page.text)


def save_a_card(walk: Walk, address: str, number: str = VISA, exp_year: int = 2040) -> TestResponse:
    """Follow the link to the card form, save a card there, and go where that leads."""
    form = walk.visitor.get(address)
    assert form.status_code == 200, address
    attempt = re.search(r'name="attempt" value="([^"]+)"', form.text)
    next_ = re.search(r'name="next" value="([^"]+)"', form.text)
    assert attempt
    assert next_, "the form knows no way back"
    begun = walk.visitor.post(f"{CARDS}/setups", {"attempt": attempt[1]}, headers={"HX-Request": "true"})
    assert begun.json
    setup = begun.json["client_secret"].split("_secret_")[0]
    api = walk.sandbox.stripe.v1
    card = {"number": number, "exp_month": 12, "exp_year": exp_year, "cvc": "123"}
    method = api.payment_methods.create({"type": "card", "card": card}).id
    api.setup_intents.confirm(setup, {"payment_method": method, "use_stripe_sdk": True})
    return walk.visitor.post(CARDS, {"setup_intent": setup, "next": unescape(next_[1])})


def way_to_cards(walk: Walk) -> str:
    """What the task's page offers: its form, with what that carries."""
    page = walk.visitor.get(walk.task)
    form = re.search(rf'<form[^>]*action="{CARDS}/new[^"]*".*?</form>', page.text, re.DOTALL)
    assert form, "the page leads to no card form"
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[0])
    given = "&".join(
        f"{name}={unescape(value).replace('&', '%26').replace('?', '%3F')}" for name, value in fields
    )
    return f"{CARDS}/new?{given}"


def test_a_card_saved_for_a_switch_is_the_one_that_its_review_names(walk: Walk) -> None:
    walk.task = review(walk)
    back = save_a_card(walk, way_to_cards(walk), "5105105105105100")
    assert urlsplit(back.location or "").path == walk.task
    said = walk.read(back.location or "")
    assert "Mastercard ending in 5100 was saved." in said
    assert "You'll be charged $99.00 now to Mastercard ending in 5100" in said
    assert [card.last4 for card in payment_methods.saved(walk.organization.id) if card.is_default] == ["5100"]


def test_a_card_that_was_saved_before_is_not_saved_twice_and_is_named(walk: Walk) -> None:
    walk.task = review(walk)
    count = len(payment_methods.saved(walk.organization.id))
    back = save_a_card(walk, way_to_cards(walk), "5555555555554444")
    said = walk.read(back.location or "")
    assert "was already saved" in said
    assert "now to Mastercard ending in 4444" in said
    assert len(payment_methods.saved(walk.organization.id)) == count


def test_another_saved_card_is_chosen_from_the_review(walk: Walk) -> None:
    walk.task = review(walk)
    shown = walk.visitor.get(walk.task)
    assert "Use Mastercard ending in 4444" in text_of(shown)
    address = f"{CARDS}/{walk.other_card.id}/default"
    walk.link(shown, address)
    back = walk.visitor.post(address, {"next": walk.task})
    assert urlsplit(back.location or "").path == walk.task
    assert "now to Mastercard ending in 4444" in walk.read(back.location or "")
    # What the other tab still shows isn't what would be charged now.
    seen = re.search(r'name="shown" value="([^"]+)"', shown.text)
    assert seen
    refused = walk.visitor.post(f"{walk.task}/confirmation", {"shown": seen[1]})
    assert refused.status_code == 422
    assert "Your default card is now Mastercard ending in 4444, so nothing was charged." in text_of(refused)
    assert plan_of(walk.organization).name == "Starter"


def test_a_card_that_is_gone_by_then_says_so_in_the_task(walk: Walk) -> None:
    walk.task = review(walk)
    walk.visitor.post(f"{CARDS}/{walk.other_card.id}/removal")
    back = walk.visitor.post(f"{CARDS}/{walk.other_card.id}/default", {"next": walk.task})
    assert urlsplit(back.location or "").path == walk.task
    assert "This card is no longer saved." in walk.read(back.location or "")


def test_a_switch_that_was_made_meanwhile_keeps_its_card(walk: Walk) -> None:
    walk.task = review(walk)
    form = way_to_cards(walk)
    switches.confirm(
        walk.organization, switches.find_by_text(walk.organization.id, walk.task[-36:]).id, OWNER
    )  # type: ignore[union-attr]
    back = save_a_card(walk, form, "5105105105105100")
    said = walk.read(back.location or "")
    assert "Switched" in said
    assert [card.last4 for card in payment_methods.saved(walk.organization.id) if card.is_default] == ["4242"]


@pytest.mark.long
def test_a_card_saved_for_a_renewal_is_chosen_there(
    app: Flask, sandbox: Sandbox, walk: Walk, visitor: Visitor
) -> None:
    walk.organization = a_debtor(app, sandbox)
    person = a_person(organization=walk.organization)
    visitor.sign_in(person.email)
    walk.task = "/billing/renewal"
    back = save_a_card(walk, way_to_cards(walk), "5555555555554444")
    assert urlsplit(back.location or "").path == walk.task
    chosen = re.search(r"<option value=\"([^\"]+)\" selected>", visitor.get(back.location or "").text)
    assert chosen
    paid = visitor.post("/billing/renewal", {"card": chosen[1]})
    assert "was charged to Mastercard ending in 4444" in walk.read(paid.location or "")


@pytest.mark.long
def test_a_card_saved_for_a_top_up_leads_back_to_its_amount(walk: Walk) -> None:
    walk.task = "/billing/wallet?amount=100"
    shown = walk.visitor.get(walk.task)
    back = save_a_card(walk, walk.link(shown, f"{CARDS}/new"), "5105105105105100")
    page = walk.visitor.get(back.location or "").text
    assert re.search(r'value="100" checked', page)
    assert re.search(r"selected>Mastercard ending in 5100", page)


@pytest.mark.parametrize(
    "next_", ["https://evil.example/", "//evil.example/billing", "/static/0/app.css", ""]
)
def test_no_other_address_is_a_way_back(walk: Walk, next_: str) -> None:
    form = walk.visitor.get(f"{CARDS}/new", query_string={"next": next_}).text
    assert "evil.example" not in re.sub(r'name="next" value="[^"]*"|data-return-url="[^"]*"', "", form)
    for path in (f"{CARDS}/{walk.other_card.id}/default", "/billing/details"):
        back = walk.visitor.post(path, {"next": next_, "version": "0"})
        assert "evil" not in (back.location or "")


@pytest.mark.long
def test_a_task_of_another_organization_is_none(walk: Walk) -> None:
    other, _ = a_payer()
    switch = switches.begin(other, "growth", "month", OWNER)
    back = walk.visitor.post(
        f"{CARDS}/{walk.other_card.id}/default", {"next": f"/billing/change-plan/{switch.id}"}
    )
    assert back.location == CARDS


@pytest.mark.long
def test_the_address_that_a_plan_needs_leads_back_to_the_plan(walk: Walk, app: Flask) -> None:
    with taxed(app, TaxSettings(automatic=True)):
        refused = walk.visitor.post("/billing/change-plan", {"plan": "growth:year"})
        assert refused.status_code == 422
        assert "Add your billing address" in text_of(refused)
        details = walk.visitor.get(walk.link(refused, "/billing/details"))
        fields = dict(
            re.findall(r'<input type="hidden" name="(next|version)" value="([^"]*)">', details.text)
        )
        typed = {name: unescape(value) for name, value in fields.items()}
        wrong = walk.visitor.post("/billing/details", typed | {"country": "US", "postal_code": "?"})
        assert wrong.status_code == 422
        assert f'name="next" value="{fields["next"]}"' in wrong.text, "also after what was wrong with it"
        address = {"line1": "Hafen 4", "city": "Hamburg", "postal_code": "20457", "country": "DE"}
        back = walk.visitor.post("/billing/details", typed | address)
        assert urlsplit(back.location or "").path == "/billing/change-plan"
        page = walk.visitor.get(back.location or "").text
        assert re.search(r'value="growth" [^>]*checked', page)
        assert re.search(r'name="billing" value="year" [^>]*checked', page)


@pytest.mark.long
def test_confirming_before_the_card_form_keeps_the_way_back(walk: Walk) -> None:
    walk.task = review(walk)
    minutes_pass()
    asked = walk.visitor.get(way_to_cards(walk))
    assert urlsplit(asked.location or "").path == "/confirm"
    back = confirm(walk.visitor, walk.visitor.get(asked.location or ""))
    assert urlsplit(save_a_card(walk, back.location or "").location or "").path == walk.task


def test_an_invitation_waits_for_who_has_to_sign_in_first(app: Flask, visitor: Visitor) -> None:
    person = a_person(organization=an_organization("Harbor"))
    made = invitations.invite(an_organization("Pine"), person.email, role=Role.ORG_ADMIN, actor=OWNER)
    db.session.commit()
    asked = visitor.get(f"/invitations/{made.token}")
    sign_in = asked.location or re.search(r'href="(/sign-in\?next=[^"]+)"', asked.text)[1]  # type: ignore[index]
    next_ = parse_qs(urlsplit(unescape(sign_in)).query)["next"][0]
    assert visitor.sign_in(person.email, PASSWORD, to=next_).location == f"/invitations/{made.token}"
