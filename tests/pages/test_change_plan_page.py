"""The change-plan page: choosing, reviewing, switching; also without scripts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.cards import payment_methods
from app.billing.plans import resource_counts
from app.billing.subscriptions import cancellation
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PlanSwitch, Subscription, SwitchStatus
from app.payments.oddities import Oddity
from tests.factories import a_payer, a_person, an_organization, at, usd
from tests.support.browsing import Visitor, text_of
from tests.support.plans import DECLINES, a_subscriber, plan_of, sell_plans, switch_to, turn_period
from tests.support.sandbox import Sandbox

PAGE = "/billing/change-plan"


@pytest.fixture
def subscriber(app: Flask, sandbox: Sandbox) -> Organization:
    return a_subscriber("growth")


@pytest.fixture
def owner(visitor: Visitor, subscriber: Organization) -> Visitor:
    visitor.begin_session(a_person(organization=subscriber).email)
    return visitor


def send(visitor: Visitor, path: str, data: dict[str, str] | None = None, *, status: int = 200) -> str:
    """Send a form and follow where it leads; what the page then says."""
    answer = visitor.post(path, data, follow_redirects=True)
    assert answer.status_code == status
    return text_of(answer)


@pytest.mark.long
def test_what_was_charged_is_said_as_the_charge_has_it(
    owner: Visitor, subscriber: Organization, sandbox: Sandbox
) -> None:
    """Credit shrinks by the second, so what is charged is less than the most that was shown."""
    send(owner, PAGE, {"plan": "scale:year"})
    send(owner, f"{PAGE}/{latest().id}/confirmation")
    switch, charge = latest(), sandbox.charges()[0]
    assert (switch.charged, switch.status) == (usd(f"{charge.amount / 100:.2f}"), SwitchStatus.DONE)
    assert charge.amount < switch.due.minor
    words = f"${charge.amount / 100:,.2f} was charged to Visa ending in 4242."
    assert words in text_of(owner.get(f"{PAGE}/{switch.id}"))
    # Where someone else learned that it is made, the page asks what was charged.
    switch.charged_micro = switch.payment_intent_id = switch.payment_method_id = None
    db.session.commit()
    assert words in text_of(owner.get(f"{PAGE}/{switch.id}"))
    # And promises nothing while that isn't known.
    switch = latest()
    switch.charged_micro = switch.payment_intent_id = None
    db.session.commit()
    sandbox.fail("GET /v1/invoices/*", "500_before", times=9)
    said = text_of(owner.get(f"{PAGE}/{switch.id}"))
    assert "You're now on Scale (yearly). Your latest invoice shows the charge." in said


def latest() -> PlanSwitch:
    db.session.expire_all()
    return db.session.scalars(db.select(PlanSwitch).order_by(PlanSwitch.id.desc())).first()


def test_plans_stand_side_by_side_with_what_is_on_request(owner: Visitor) -> None:
    said = text_of(owner.get(PAGE))
    assert "Billing Monthly Yearly 2 months free Plan" in said
    assert "Growth Your plan $99 a month $990 a year $198 less than monthly" in said
    assert "Switch to Scale immediately immediately" in said
    assert re.search(r"Switch to Starter from \w+ \d+", said)
    assert "Enterprise For call centers, with custom terms. Everything in Scale" in said
    assert "Custom" not in said, "no row after row of what is agreed on request"


@pytest.mark.parametrize(
    ("plan", "billing", "heading"),
    [
        ("scale", "month", "Change to Scale"),
        ("growth", "year", "Change to Growth (yearly)"),
        # What isn't sold yearly is monthly, whatever the switch above all plans says.
        ("starter", "year", "Change to Starter"),
    ],
)
def test_plan_and_billing_are_chosen_apart(owner: Visitor, plan: str, billing: str, heading: str) -> None:
    assert heading in send(owner, PAGE, {"plan": plan, "billing": billing})


def test_what_was_chosen_is_chosen_again(owner: Visitor) -> None:
    """Also where the session has ended meanwhile: the address says it in either way."""
    for chosen in ("plan=scale:year", "plan=scale&billing=year"):
        page = owner.get(f"{PAGE}?{chosen}").text
        checked = re.findall(r'name="(billing|plan)"[^>]*value="(\w+)"[^>]*\schecked', page)
        assert dict(checked) == {"billing": "year", "plan": "scale"}


def test_only_differences_is_offered_where_it_hides_a_row(
    owner: Visitor, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the catalog that is on offer every row differs; of one with a limit that all plans have alike, that one doesn't."""

    def looked_at() -> tuple[bool, int]:
        page = owner.get(PAGE).text
        return 'id="only-differences"' in page, page.count('<tr class="is-same">')

    assert looked_at() == (False, 0)
    plans = {
        key: replace(plan, limits=plan.limits | {"campaigns": 20})
        for key, plan in catalog.current().plans.items()
    }
    monkeypatch.setitem(app.extensions, "catalog", replace(catalog.current(), plans=plans))
    assert looked_at() == (True, 1)


def test_a_plan_that_support_set_up_is_compared_and_not_chosen(
    owner: Visitor, subscriber: Organization
) -> None:
    row = db.session.get_one(Subscription, (subscriber.id,))
    row.odd = [Oddity.PRICE]
    db.session.commit()
    page = owner.get(PAGE)
    assert "Support set up your plan, so it can't be changed here." in text_of(page)
    assert "Growth Your plan" in text_of(page)
    assert 'type="radio" class="pick' not in page.text
    assert "Review change" not in text_of(page)


def test_up_is_reviewed_then_made(owner: Visitor, subscriber: Organization) -> None:
    said = send(owner, PAGE, {"plan": "scale:month"})
    assert (
        "Check before you switch You'll be charged $300.00 now to Visa ending in 4242. Scale starts "
        "immediately." in said
    )
    assert "Unused time on Growth" in said
    assert "Due today $300.00" in said
    assert plan_of(subscriber).name == "Growth"
    said = send(owner, f"{PAGE}/{latest().id}/confirmation")
    assert (
        "You're now on Scale. $300.00 was charged to Visa ending in 4242. The next charge is $399.00 on"
        in said
    )
    assert plan_of(subscriber).name == "Scale"


def test_a_year_is_named_where_it_is_part_of_the_change(owner: Visitor, subscriber: Organization) -> None:
    said = send(owner, PAGE, {"plan": "growth:year"})
    assert "Change to Growth (yearly)" in said
    assert "Up to 7 minutes on your current plan, until you confirm" in said
    assert "Growth (yearly) starts immediately." in said


@pytest.mark.long
def test_down_says_what_is_lost_by_name_and_is_canceled(owner: Visitor, subscriber: Organization) -> None:
    resource_counts.set_counts(subscriber.id, {"agents": 3, "phone_numbers": 1, "campaigns": 2})
    names = {"agents": ["Ava", "Noah", "Mia"], "campaigns": ["Recall", "Reminders"]}
    resource_counts.set_names(subscriber.id, names)
    db.session.commit()
    said = send(owner, PAGE, {"plan": "starter:month"})
    assert "Campaigns Call transfer Support within one business day" in said
    assert "Call minutes included each month: 50 min instead of 2,000 min" in said
    assert "Agents: you have 3, Starter allows 1." in said
    assert "These 2 agents will be switched off: Noah, Mia. Ava stays on. Nothing is deleted" in said
    assert "Campaigns: you have 2, Starter allows 1." in said
    assert "This campaign will be paused: Reminders. Recall stays active. Progress is kept" in said
    assert "Phone numbers: you have" not in said
    said = send(owner, f"{PAGE}/{latest().id}/confirmation")
    assert "Scheduled Starter starts on" in said
    assert "and you can still cancel. Keep Growth" in said, "where it is said, it can be undone"
    assert "Changes to Starter on" in text_of(owner.get("/billing"))
    assert "Growth changes to Starter on" in text_of(owner.get(PAGE))
    assert "Scheduled change canceled." in send(owner, f"{PAGE}/scheduled/cancellation")
    assert "Growth changes to Starter" not in text_of(owner.get(PAGE))


def test_of_what_is_lost_only_names_that_are_known_are_said(owner: Visitor, subscriber: Organization) -> None:
    """The platform reports names apart from the counts: some of the newest may have none yet."""
    resource_counts.set_counts(subscriber.id, {"agents": 5, "phone_numbers": 3, "campaigns": 1})
    resource_counts.set_names(subscriber.id, {"agents": ["Ava", "Noah", "Mia"]})
    db.session.commit()
    said = send(owner, PAGE, {"plan": "starter:month"})
    assert "4 agents will be switched off, including Noah, Mia. Ava stays on." in said
    assert "2 numbers will stop taking calls. The oldest stays active." in said


def test_nothing_chosen_says_so(owner: Visitor) -> None:
    assert "There is a problem Choose a plan." in send(owner, PAGE, status=422)


@pytest.mark.parametrize("plan", ["gold:month", "starter:year", "growth:week", "growth"])
def test_what_is_not_sold_says_so(owner: Visitor, plan: str) -> None:
    assert "There is a problem" in send(owner, PAGE, {"plan": plan}, status=422)


def test_the_plan_one_has_can_not_be_chosen(owner: Visitor) -> None:
    assert "You're already on this plan." in send(owner, PAGE, {"plan": "growth:month"}, status=422)


@pytest.mark.long
def test_what_changed_since_the_review_is_shown_again(owner: Visitor, subscriber: Organization) -> None:
    send(owner, PAGE, {"plan": "growth:year"})
    reviewed = latest()
    switch_to(subscriber, "scale")
    said = send(owner, f"{PAGE}/{reviewed.id}/confirmation", status=422)
    assert "Your plan has changed since this was shown" in said
    assert plan_of(subscriber).name == "Scale"


def test_without_a_card_it_says_what_to_do(visitor: Visitor, app: Flask, sandbox: Sandbox) -> None:
    sell_plans()
    organization = an_organization()
    visitor.begin_session(a_person(organization=organization).email)
    said = send(visitor, PAGE, {"plan": "growth:month"})
    assert "You don't have a card to pay with. Add one here." in said
    said = send(visitor, f"{PAGE}/{latest().id}/confirmation", status=422)
    assert "You don't have a card to pay with." in said


@pytest.mark.long
def test_an_expired_card_is_tried_with_a_hint_before(owner: Visitor, subscriber: Organization) -> None:
    """Its bank may have renewed it: https://docs.stripe.com/payments/cards/overview#automatic-card-updates"""
    [card] = payment_methods.saved(subscriber.id)
    card.exp_year = 2020
    db.session.commit()
    said = send(owner, PAGE, {"plan": "scale:month"})
    assert "Visa ending in 4242 has expired. We'll still try it" in said
    send(owner, f"{PAGE}/{latest().id}/confirmation")
    assert plan_of(subscriber).name == "Scale"


@pytest.mark.long
def test_declined_then_given_up(visitor: Visitor, app: Flask, sandbox: Sandbox) -> None:
    sell_plans()
    organization, _ = a_payer(DECLINES)
    visitor.begin_session(a_person(organization=organization).email)
    send(visitor, PAGE, {"plan": "growth:month"})
    said = send(visitor, f"{PAGE}/{latest().id}/confirmation")
    assert "Not paid The bank declined this payment without giving a reason." in said
    assert "You stay on Starter until this is paid." in said
    assert "Your switch to Growth isn't paid yet." in text_of(visitor.get(PAGE))
    said = send(visitor, f"{PAGE}/{latest().id}/cancellation")
    assert "Plan not changed You're still on Starter" in said
    assert latest().status is SwitchStatus.CANCELED


def test_when_stripe_is_away_nothing_is_changed(owner: Visitor, sandbox: Sandbox) -> None:
    sandbox.fail("GET /v1/subscriptions/*", "500_before", times=5)
    said = send(owner, PAGE, {"plan": "scale:month"}, status=422)
    assert "didn't respond, so nothing was changed" in said


@pytest.mark.long
def test_a_switch_of_another_organization_is_not_there(owner: Visitor, visitor: Visitor) -> None:
    other = a_subscriber("growth")
    switch = PlanSwitch(
        org_id=other.id,
        plan="scale",
        version="2026-12.4",
        interval="month",
        is_at_once=True,
        based_on="",
        previewed_at=at("2026-11-24 09:30"),
        due_micro=0,
        currency="USD",
        preview={},
    )
    db.session.add(switch)
    db.session.commit()
    assert owner.get(f"{PAGE}/{switch.id}").status_code == 404


class TestPastDue:
    @pytest.fixture
    def debtor(self, app: Flask, sandbox: Sandbox, visitor: Visitor) -> Organization:
        """On Growth, whose renewal was declined; its owner is at the browser."""
        organization = a_subscriber("growth", token=DECLINES)
        turn_period(app, sandbox, organization)
        visitor.begin_session(a_person(organization=organization).email)
        return organization

    @pytest.mark.long
    def test_the_page_says_what_can_be_done(self, debtor: Organization, visitor: Visitor) -> None:
        said = text_of(visitor.get(PAGE))
        assert (
            "Pay it before you switch to a larger plan. You can choose a smaller one now, or cancel" in said
        )
        said = send(visitor, PAGE, {"plan": "scale:month"}, status=422)
        assert "Pay it before you switch to a larger plan." in said

    @pytest.mark.parametrize("wants", [True, False])
    def test_the_card_that_pays_pays_from_now_on_only_where_that_is_wanted(
        self, debtor: Organization, visitor: Visitor, wants: bool
    ) -> None:
        assert "Use this card from now on" in text_of(visitor.get("/billing/renewal"))
        before = payment_methods.default_of(debtor.id)
        card = next(one for one in payment_methods.saved(debtor.id) if not one.is_default)
        sent = {"card": str(card.id)} | ({"from_now_on": "y"} if wants else {})
        said = send(visitor, "/billing/renewal", sent)
        assert "The Growth renewal is paid." in said
        db.session.expire_all()
        default = payment_methods.default_of(debtor.id)
        assert default
        assert before
        assert default.id == (card.id if wants else before.id)
        assert ("is now your default card." in said) is wants
        assert ("Your default card is still" in said) is not wants

    @pytest.mark.long
    def test_going_down_says_what_stays_due(self, debtor: Organization, visitor: Visitor) -> None:
        said = send(visitor, PAGE, {"plan": "starter:month"})
        assert "its renewal is still due" in said
        assert "because it's paid until then" not in said
        send(visitor, f"{PAGE}/{latest().id}/confirmation")
        assert plan_of(debtor).scheduled is not None

    @pytest.mark.long
    def test_canceling_says_what_is_lost_first(self, debtor: Organization, visitor: Visitor) -> None:
        said = text_of(visitor.get("/billing/renewal"))
        assert "You keep Growth through" in said
        said = text_of(visitor.get("/billing/renewal/cancellation"))
        assert "Growth ends now, and you move to Starter." in said
        assert "What you'll lose on" in said
        assert plan_of(debtor).is_past_due
        said = send(visitor, "/billing/renewal/cancellation")
        assert "Growth is canceled, and its renewal won't be charged. You're now on Starter." in said
        assert not plan_of(debtor).is_past_due
        again = visitor.post("/billing/renewal/cancellation")
        assert again.location == "/billing/renewal"

    @pytest.mark.long
    def test_after_the_grace_period_nothing_more_is_lost(
        self, debtor: Organization, visitor: Visitor
    ) -> None:
        resource_counts.set_counts(debtor.id, {"agents": 7})
        row = db.session.get_one(Subscription, (debtor.id,))
        row.failed_at = utc_now() - timedelta(days=60)
        db.session.commit()
        assert plan_of(debtor).is_suspended
        said = text_of(visitor.get("/billing/renewal/cancellation"))
        assert "Growth ends now, and you stay on Starter. The unpaid renewal won't be charged." in said
        assert "What you'll lose" not in said

    @pytest.mark.long
    def test_with_stripe_away_it_is_canceled_as_soon_as_it_can(
        self, debtor: Organization, visitor: Visitor, sandbox: Sandbox, app: Flask
    ) -> None:
        sandbox.fail("GET /v1/subscriptions/*", "500_before", times=5)
        said = send(visitor, "/billing/renewal/cancellation")
        assert "Growth will be canceled as soon as it can be" in said
        queued = "SELECT args FROM procrastinate_jobs WHERE task_name = 'finish_cancellation'"
        arguments = db.session.execute(db.text(queued)).scalar_one()
        sandbox.clear_faults()
        assert cancellation.finish(debtor, arguments["subscription_id"], arguments["invoice_id"])
        assert plan_of(debtor).name == "Starter"

    def test_who_is_not_past_due_has_nothing_to_cancel(self, owner: Visitor) -> None:
        assert owner.get("/billing/renewal/cancellation").location == "/billing/renewal"
        assert owner.post("/billing/renewal/cancellation").location == "/billing/renewal"
