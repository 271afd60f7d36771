"""Organizations in every state that pages have a look for: new, well off, low, paused, in debt, with cards in trouble."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from app.billing import topups
from app.billing.limit_settings import destinations, requests
from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.models import LimitSubject, LimitWindow, Organization, TransferKind
from demo import usage_reports
from demo.usage_reports import Used
from tests.factories import OWNER, a_card, a_payer, an_organization, usd
from tests.support import alerting, moving, subscriptions
from tests.support.limits import a_draft, a_limit
from tests.support.plans import ALWAYS_3DS, a_subscriber, sell_plans, switch_to
from tests.support.subscriptions import Period

State = Callable[[], Organization]


def busy() -> Organization:
    """Much usage at large figures, a call in progress, a top-up and two cards, one of them about to expire."""
    organization, card = a_payer(credit="2400000", alert="50")
    today = organization.local_day()
    used = [
        Used("calls_outbound", 19_000_000, today, "Recall patients", "Ava"),
        Used("sms", 80, today - timedelta(days=1), "Reminders", "Noah"),
        Used("tokens_in", 900_000_001, today, "Recall patients", "Ava"),
    ]
    usage_reports.record(organization, "busy", used, at=utc_now())
    holds.reserve(
        organization.id, "call", usd("1.55"), at=utc_now(), lease=timedelta(minutes=9), call="+1 212 555 0134"
    )
    topups.pay(organization, topups.begin(organization, usd("50"), card.id, OWNER).id, card.id, OWNER)
    a_card(organization, last4="0001", year=date.today().year, default=False)
    limited(organization)
    db.session.commit()
    alerting.set_levels(organization, "50", "20", hours=(4,))
    alerting.a_chat(organization)
    alerting.a_waiting_phone(organization)
    return organization


def limited(organization: Organization) -> None:
    """Limits of each kind, one of them reached, a request for more, and an opened destination."""
    campaign = a_draft("1", subject=LimitSubject.CAMPAIGN, name="Recall patients")
    limit_id = a_limit(organization, campaign).limit_id
    a_limit(organization, a_draft("5000000", window=LimitWindow.MONTH, stops=False))
    if limit_id is not None:
        requests.ask(organization, limit_id, usd("20"), OWNER, note="Friday's recall")
    destinations.open_destination(organization, "SO", OWNER)


def empty() -> Organization:
    return an_organization()


def low() -> Organization:
    return a_payer(credit="20", alert="50")[0]


def negative_and_past_due() -> Organization:
    organization, _ = a_payer("pm_card_chargeCustomerFail", credit="1")
    today = organization.local_day()
    subscriptions.subscribe(organization, "scale", period=Period(today, today + relativedelta(months=1)))
    subscriptions.record_failed_renewal(organization, at=utc_now(), failure="generic_decline")
    used = [Used("calls_outbound", 990_000, today, "Delivery windows", "Otto")]
    usage_reports.record(organization, "dry", used, at=utc_now())
    db.session.commit()
    return organization


def with_an_expired_card() -> Organization:
    organization = an_organization(credit="20")
    a_card(organization, year=2024)
    return organization


def paused() -> Organization:
    """A refund used up what credit there was."""
    organization, _ = a_payer(credit="20")
    moving.post(organization, TransferKind.REFUND, usd("20"), utc_now(), out=True)
    return organization


def reserved() -> Organization:
    """Calls in progress hold all of the credit."""
    organization, _ = a_payer(credit="2")
    holds.reserve(organization.id, "call", usd("2"), at=utc_now(), lease=timedelta(minutes=9), call="call 7")
    db.session.commit()
    return organization


def declined() -> Organization:
    """A card that its bank declined, for a top-up."""
    organization, card = a_payer("pm_card_chargeCustomerFail", credit="20")
    topups.pay(organization, topups.begin(organization, usd("50"), card.id, OWNER).id, card.id, OWNER)
    return organization


def waiting_for_the_bank() -> Organization:
    """A top-up and a switch of plan whose 3-D Secure challenge no one has answered yet."""
    sell_plans()
    organization, card = a_payer(ALWAYS_3DS, credit="20")
    topups.pay(organization, topups.begin(organization, usd("50"), card.id, OWNER).id, card.id, OWNER)
    switch_to(organization, "growth")
    return organization


def going_down() -> Organization:
    """Growth, paid for, with a switch to Starter scheduled, and calls of which some are of one name."""
    organization = a_subscriber()
    moving.post(organization, TransferKind.CREDIT, usd("90"), utc_now())
    used = [
        Used(meter, 500, organization.local_day(), "Recall patients", "Ava", "call 12", "+1 212 555 0134")
        for meter in ("calls_outbound", "calls_outbound_international", "speech_to_text", "tokens_in")
    ]
    usage_reports.record(organization, "calls", used, at=utc_now())
    db.session.commit()
    switch_to(organization, "starter")
    return organization


STATES: list[State] = [busy, empty, low, negative_and_past_due, with_an_expired_card]
"""Those that most pages differ in."""
EVERY_STATE: list[State] = [*STATES, paused, reserved, declined, waiting_for_the_bank, going_down]
