"""Payment methods: only what the organization's own finished card form saved, once, and in words."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from flask import Flask

from app.billing.cards import payment_methods
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from tests.factories import a_card, a_person, a_stripe_card, an_organization
from tests.support.browsing import HTMX, Visitor, text_of
from tests.support.cards_form import ASKS, CARDS, MASTERCARD, VISA, saved
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.support.statements import statements

UNKNOWN = "The payment processor doesn't recognize this card form."


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    return an_organization()


@pytest.fixture
def owner(visitor: Visitor, organization: Organization) -> Visitor:
    visitor.begin_session(a_person(organization=organization).email)
    return visitor


def open_form(owner: Visitor) -> str:
    """Open the card form and press Save, as its script does; the setup intent that it is for."""
    form = re.search(r'name="attempt" value="([^"]+)"', owner.get(f"{CARDS}/new").text)
    assert form
    return press_save(owner, form[1])


def press_save(owner: Visitor, form: str) -> str:
    answer = owner.post(f"{CARDS}/setups", {"attempt": form}, headers=HTMX)
    assert answer.status_code == 201
    return str(answer.json["client_secret"]).split("_secret_")[0] if answer.json else ""


def fill_in(sandbox: Sandbox, setup_intent: str, number: str = VISA) -> str:
    """Type a card into Stripe's form, as its script does; how the setup intent stands then."""
    card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    api = sandbox.stripe.v1
    method = api.payment_methods.create({"type": "card", "card": card}).id
    wanted = {"payment_method": method, "use_stripe_sdk": True}
    return str(api.setup_intents.confirm(setup_intent, wanted).status)


def read_after(owner: Visitor, setup_intent: str) -> str:
    """Send the finished form; what the page says that it leads to."""
    sent = owner.post(CARDS, {"setup_intent": setup_intent})
    assert (sent.status_code, sent.location) == (303, CARDS)
    return text_of(owner.get(CARDS))


class TestAdding:
    def test_the_first_card_is_saved_and_is_the_default(
        self, owner: Visitor, sandbox: Sandbox, organization: Organization
    ) -> None:
        setup_intent = open_form(owner)
        assert fill_in(sandbox, setup_intent) == "succeeded"
        said = read_after(owner, setup_intent)
        assert "Visa ending in 4242 was saved." in said
        assert "Visa ending in 4242 Expires 12/2040 Default" in said
        assert sandbox.charges() == []

    def test_the_next_card_leaves_the_default_as_it_is(
        self, owner: Visitor, sandbox: Sandbox, organization: Organization
    ) -> None:
        for number in (VISA, MASTERCARD):
            setup_intent = open_form(owner)
            fill_in(sandbox, setup_intent, number)
            read_after(owner, setup_intent)
        assert [(card.brand, card.is_default) for card in saved(organization)] == [
            ("visa", True),
            ("mastercard", False),
        ]

    def test_the_organization_has_one_customer_however_often_the_form_is_opened(
        self, owner: Visitor, sandbox: Sandbox
    ) -> None:
        for _ in range(2):
            open_form(owner)
        assert len(list(sandbox.stripe.v1.customers.list({"limit": 10}).data)) == 1

    @pytest.mark.long
    def test_the_same_form_sent_twice_saves_one_card(
        self, owner: Visitor, sandbox: Sandbox, organization: Organization
    ) -> None:
        setup_intent = open_form(owner)
        fill_in(sandbox, setup_intent)
        for _ in range(2):
            assert "was saved." in read_after(owner, setup_intent)
        assert len(saved(organization)) == 1

    def test_back_from_the_banks_own_page_the_card_is_saved(
        self, owner: Visitor, sandbox: Sandbox, organization: Organization
    ) -> None:
        setup_intent = open_form(owner)
        assert fill_in(sandbox, setup_intent, ASKS) == "requires_action"
        sandbox.answer_bank("complete", of=setup_intent)
        back = owner.get(f"{CARDS}/new?setup_intent={setup_intent}&redirect_status=succeeded")
        assert back.location == CARDS
        assert [card.last4 for card in saved(organization)] == ["3155"]

    @pytest.mark.parametrize("answer", ["", "fail"])
    def test_what_the_bank_did_not_confirm_is_not_saved(
        self, owner: Visitor, sandbox: Sandbox, organization: Organization, answer: str
    ) -> None:
        setup_intent = open_form(owner)
        fill_in(sandbox, setup_intent, ASKS)
        if answer:
            sandbox.answer_bank(answer, of=setup_intent)
        assert "The card wasn't saved because its bank didn't confirm it." in read_after(owner, setup_intent)
        assert saved(organization) == []

    def test_a_form_that_was_not_filled_in(
        self, owner: Visitor, sandbox: Sandbox, organization: Organization
    ) -> None:
        assert "Add the card again." in read_after(owner, open_form(owner))
        assert saved(organization) == []

    @pytest.mark.parametrize("with_a_customer", [True, False])
    def test_the_form_of_another_organization(
        self,
        app: Flask,
        owner: Visitor,
        sandbox: Sandbox,
        organization: Organization,
        *,
        with_a_customer: bool,
    ) -> None:
        if with_a_customer:
            open_form(owner)
        stranger = Visitor(app.test_client())
        stranger.begin_session(a_person(organization=an_organization()).email)
        theirs = open_form(stranger)
        fill_in(sandbox, theirs)
        assert "This card form belongs to another account." in read_after(owner, theirs)
        assert saved(organization) == []

    @pytest.mark.parametrize(
        "id_", ["seti_unknown", "pi_unknown", "", "../customers", "seti_1?expand[]=customer", "\ufeff"]
    )
    def test_an_id_that_is_none(
        self, owner: Visitor, sandbox: Sandbox, organization: Organization, id_: str
    ) -> None:
        assert UNKNOWN in read_after(owner, id_)
        assert saved(organization) == []


class TestStripeAway:
    @pytest.mark.parametrize("operation", ["POST /v1/customers", "POST /v1/setup_intents"])
    @pytest.mark.parametrize("kind", ["drop_before", "html", "500_after"])
    def test_nothing_is_begun_and_the_same_form_works_later(
        self, owner: Visitor, sandbox: Sandbox, operation: str, kind: str
    ) -> None:
        form = {"attempt": str(uuid4())}
        sandbox.fail(operation, kind, times=3)
        answer = owner.post(f"{CARDS}/setups", form, headers=HTMX)
        assert answer.status_code == 503
        assert (
            "didn't respond, so nothing was saved or charged. Try again in a moment." in answer.json["error"]
        )
        sandbox.clear_faults()
        again = owner.post(f"{CARDS}/setups", form, headers=HTMX)
        assert again.status_code == (503 if kind == "500_after" else 201), (
            "Stripe tells a 500 again for a day"
        )

    def test_a_finished_form_is_saved_by_the_next_try(
        self, owner: Visitor, sandbox: Sandbox, organization: Organization
    ) -> None:
        setup_intent = open_form(owner)
        fill_in(sandbox, setup_intent)
        sandbox.fail("GET /v1/setup_intents/*", "500_before", times=3)
        page = owner.post(CARDS, {"setup_intent": setup_intent})
        assert page.status_code == 503
        assert "it appears in your payment methods" in text_of(page)
        assert "was saved." in read_after(owner, setup_intent)


class TestList:
    def test_without_a_card_it_says_what_one_is_for(self, owner: Visitor) -> None:
        assert "You don't have a saved card." in text_of(owner.get(CARDS))

    def test_cards_that_expire_are_marked(self, owner: Visitor, organization: Organization) -> None:
        soon = organization.local_day() + timedelta(days=20)
        a_card(organization, last4="1111")
        ending, old = (a_card(organization, last4=last4, default=False) for last4 in ("2222", "3333"))
        ending.exp_year, ending.exp_month = soon.year, soon.month
        old.exp_year, old.exp_month = 2020, 3
        db.session.commit()
        said = text_of(owner.get(CARDS))
        assert "Visa ending in 1111 Expires 12/2040 Default" in said
        assert f"Visa ending in 2222 Expires {soon.month:02}/{soon.year} Expires soon" in said
        assert "Visa ending in 3333 Expired 03/2020 Expired" in said

    @pytest.mark.parametrize(
        ("trouble", "said"),
        [
            ({"year": 2020}, "You can still try an expired card, because its bank may have renewed it."),
            ({"not_working": True}, "Visa ending in 4242 may not work. You can pay with another card."),
        ],
        ids=["expired", "not working"],
    )
    def test_a_default_card_that_pays_for_nothing_yet_says_what_is_wrong_with_it(
        self, owner: Visitor, organization: Organization, trouble: dict[str, int], said: str
    ) -> None:
        card = a_card(organization, year=trouble.get("year", 2040))
        if "not_working" in trouble:
            card.failing_since = utc_now()
            db.session.commit()
        page = owner.get(CARDS)
        assert said in text_of(page)
        assert not re.search(r"<p>\s*</p>", page.text)

    def test_cards_of_others_and_removed_ones_are_not_listed(
        self, app: Flask, owner: Visitor, organization: Organization
    ) -> None:
        a_card(an_organization(), last4="9999")
        card = a_stripe_card(organization, "pm_card_mastercard")
        payment_methods.record_detached(organization.id, card.stripe_id)
        db.session.commit()
        assert "ending in" not in text_of(owner.get(CARDS))

    def test_an_added_card_can_pay_immediately(self, app: Flask, sandbox: Sandbox) -> None:
        payer = Owner(app)
        setup_intent = open_form(payer)
        fill_in(sandbox, setup_intent, MASTERCARD)
        read_after(payer, setup_intent)
        assert "Mastercard ending in 4444, expires 12/2040" in payer.reads("/billing/wallet")


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/billing/wallet?amount=73.21#top-up", "/billing/wallet?amount=73.21&card={card}#top-up"),
        ("https://evil.example/billing", CARDS),
        ("//evil.example/billing", CARDS),
        ("", CARDS),
    ],
)
def test_a_card_added_for_a_top_up_leads_back_to_it(
    owner: Visitor, sandbox: Sandbox, organization: Organization, wanted: str, leads_to: str
) -> None:
    form = open_form(owner)
    fill_in(sandbox, form)
    led_to = owner.post(CARDS, {"setup_intent": form, "next": wanted}).location
    [card] = saved(organization)
    assert led_to == leads_to.format(card=card.id), "with the card chosen"


def test_without_a_usable_card_the_amount_is_kept_on_the_way_to_adding_one(owner: Visitor) -> None:
    page = owner.get("/billing/wallet?amount=73.21").text
    way = re.search(r'href="([^"]*payment-methods/new[^"]*)"', page)
    assert way
    back = re.search(r'name="next" value="([^"]*)"', owner.get(unescape(way[1])).text)
    assert back
    form = owner.get(unescape(back[1])).text
    assert re.search(r'id="other_amount"[^>]* value="73.21"', form)


def test_as_many_cards_as_can_be_saved_take_the_statements_of_one(
    owner: Visitor, organization: Organization
) -> None:
    for number in range(payment_methods.MOST):
        a_card(organization, last4=f"{number:04}", default=number == 0)
    with statements() as seen:
        page = owner.get(CARDS)
    assert page.text.count('class="saved-card"') == payment_methods.MOST
    assert len(seen) == 5, (
        "who is asking, the cards, the plan, auto top-up's cards, and what each was charged"
    )
