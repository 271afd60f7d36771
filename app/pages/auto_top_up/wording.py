"""What people read about auto top-up: what they agree to, when the next charge comes, and why none does."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from app.billing.auto_top_ups.before_charging import DAILY_LIMIT, MONTHLY_CAP
from app.billing.auto_top_ups.overview import Attempt, NextCharge, State
from app.billing.auto_top_ups.restored import NOT_COMPARED
from app.billing.brake import checking
from app.billing.wallet.balance import BalanceView
from app.language import gettext, marked, translated
from app.models import AttemptOutcome, AutoTopUp, OffReason
from app.money import Money
from app.payments import declines
from app.web.formatting import moment, money, month_named

CONSENT = marked(
    "I authorize Voice Portal to charge the cards chosen here, in this order and without asking me each time, "
    "whenever available credit falls below the amount chosen here. Each charge is the amount that brings it back to "
    "the refill amount, and charges in a calendar month add up to at most the monthly limit. I can turn this off "
    "here at any time."
)

_REFUSALS = {
    MONTHLY_CAP: marked("The monthly limit is used up."),
    DAILY_LIMIT: marked("The daily top-up limit is used up."),
    checking.STOPPED: marked("More was spent within an hour than usual, and no owner has answered yet."),
    checking.PER_HOUR: marked("Your cards were charged as many times as allowed within an hour."),
    checking.PER_DAY: marked("Your cards were charged as many times as allowed within 24 hours."),
    NOT_COMPARED: marked("Past payments are being checked first, which takes a few minutes."),
}
"""Why a charge that is due isn't made, by the reason."""

_OFF = {
    OffReason.OWNER: marked("An owner turned it off."),
    OffReason.FAILURES: marked("It was turned off because three tries in a row failed."),
    OffReason.DISPUTE: marked("It was turned off because a cardholder disputed an automatic charge."),
}

_OUTCOMES = {
    AttemptOutcome.PAID: marked("Paid"),
    AttemptOutcome.FINAL: marked("Declined"),
    AttemptOutcome.CONFIRMATION: marked("Bank requires confirmation"),
    AttemptOutcome.DECLINED: marked("Declined"),
    AttemptOutcome.NOT_TRIED: marked("Not sent"),
}


def init_app(app: Flask) -> None:
    """Give templates filters: how it stands in short, of a balance; and which cards are charged, of its state."""
    app.add_template_filter(summarize, "auto_top_up_state")
    app.add_template_filter(charged_cards)


def consent() -> str:
    """What owners agree to, in the language that they read it in. Stored so with each consent: a change of these
    words, or of their translation, changes none that was given."""
    return translated(CONSENT)


def off(reason: OffReason) -> str:
    """Why it was turned off."""
    return translated(_OFF[reason])


def charged_cards(state: State) -> str:
    """The cards in the order in which they are charged: `Visa ending in 4242, then Mastercard ending in 4444`."""
    labels = [card.label for card in state.cards]
    match labels:
        case [first, second]:
            return gettext("%(first)s, then %(second)s", first=first, second=second)
        case [first, second, third]:
            return gettext(
                "%(first)s, then %(second)s, then %(third)s", first=first, second=second, third=third
            )
    return "".join(labels)


def summarize(balance: BalanceView) -> str:
    """How it stands, in short: off, on, about to charge, or why it doesn't. Without a query of its own."""
    settings = balance.auto_top_up
    if settings is None or not settings.is_on:
        if settings and settings.off_reason:
            return gettext("Off. %(why)s No card is charged automatically.", why=off(settings.off_reason))
        return gettext("Off. No card is charged automatically.")
    return _unable_to_charge(balance, settings) or _when_it_charges(balance, settings)


def _unable_to_charge(balance: BalanceView, settings: AutoTopUp) -> str | None:
    """Why no card is charged now; None if nothing keeps one from being charged."""
    if balance.stop is not None:
        return gettext("On, but no card is charged now. %(why)s", why=refusal(checking.STOPPED))
    if settings.refused_for:
        why = _said_of_refusal(settings.refused_for, settings.next_try_at)
        return gettext("On, but no card is charged now. %(why)s", why=why)
    if settings.failures:
        failed = gettext("On, but the last try failed, and nothing was charged.")
        if settings.next_try_at is None:
            return failed
        again = gettext("We'll try again on %(time)s.", time=moment(settings.next_try_at))
        return f"{failed} {again}"
    return None


def _when_it_charges(balance: BalanceView, settings: AutoTopUp) -> str:
    currency = balance.posted.currency
    threshold, target = Money(settings.threshold_micro, currency), Money(settings.target_micro, currency)
    if balance.available < threshold:
        return gettext(
            "On: credit is below %(threshold)s, so a card is charged now to refill to %(target)s.",
            threshold=money(threshold),
            target=money(target),
        )
    return gettext(
        "On: below %(threshold)s, a card is charged to refill to %(target)s.",
        threshold=money(threshold),
        target=money(target),
    )


def _said_of_refusal(reason: str, until: datetime | None) -> str:
    if until is None:
        return refusal(reason)
    possible = gettext("The next charge is possible on %(time)s.", time=moment(until))
    return f"{refusal(reason)} {possible}"


def refusal(reason: str) -> str:
    """Why a charge that is due isn't made."""
    return translated(_REFUSALS.get(reason, marked("Automatic charges are stopped.")))


def next_charge(state: State, following: NextCharge) -> str:
    """When the next charge comes, and how much it is at most: one sentence, and another while it can't come."""
    if following.card is None:
        return gettext("None of the chosen cards can be charged. Choose another below.")
    if following.refused_for:
        why = _said_of_refusal(following.refused_for, following.next_try_at)
        return gettext("No card is charged now. %(why)s", why=why)
    values = {
        "threshold": money(state.threshold),
        "card": following.card.label,
        "target": money(state.target),
        "usual": money(following.usual),
        "most": _at_most(state, following),
    }
    if following.is_below:
        return gettext(
            "Your available credit is below %(threshold)s, so we charge %(card)s the amount that brings it back to "
            "%(target)s: about %(usual)s, %(most)s.",
            **values,
        )
    return gettext(
        "When your available credit falls below %(threshold)s, we charge %(card)s the amount that brings it back to "
        "%(target)s: about %(usual)s, %(most)s.",
        **values,
    )


def _at_most(state: State, following: NextCharge) -> str:
    """How much is charged at a time and in a month, as the end of the sentence."""
    left, in_month = money(following.left), month_named(following.month)
    if following.at_a_time < following.left:
        at_a_time = money(following.at_a_time)
        if state.used.micro:
            return gettext(
                "at most %(at_a_time)s at a time and at most %(left)s more in %(month)s",
                at_a_time=at_a_time,
                left=left,
                month=in_month,
            )
        return gettext(
            "at most %(at_a_time)s at a time and at most %(left)s in %(month)s",
            at_a_time=at_a_time,
            left=left,
            month=in_month,
        )
    if state.used.micro:
        return gettext("at most %(left)s more in %(month)s", left=left, month=in_month)
    return gettext("at most %(left)s in %(month)s", left=left, month=in_month)


def outcome(attempt: Attempt) -> str:
    """What came of charging a card, with the bank's reason as people may read it."""
    if attempt.outcome is None:
        return gettext("In progress")
    if attempt.outcome is AttemptOutcome.DECLINED or attempt.outcome is AttemptOutcome.FINAL:
        return gettext("Declined. %(why)s", why=declines.advice_for(attempt.code).message)
    return translated(_OUTCOMES[attempt.outcome])
