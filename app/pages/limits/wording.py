"""What the pages say about a limit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.billing.catalog.rate_labels import RateLabel
from app.billing.limit_settings.drafts import Draft
from app.billing.limit_settings.previews import Effect
from app.billing.limits import LimitStanding, labels
from app.language import gettext, marked, ngettext, translated
from app.models import LimitWindow
from app.web.formatting import moment, money, money_exact, number

NEAR = 80
_SPENT = {
    LimitWindow.HOUR: marked("%(counted)s of %(limit)s is already spent this hour: this stops %(what)s now."),
    LimitWindow.DAY: marked("%(counted)s of %(limit)s is already spent today: this stops %(what)s now."),
    LimitWindow.WEEK: marked("%(counted)s of %(limit)s is already spent this week: this stops %(what)s now."),
    LimitWindow.MONTH: marked(
        "%(counted)s of %(limit)s is already spent this month: this stops %(what)s now."
    ),
}
_RESERVED = {
    LimitWindow.HOUR: marked(
        "%(counted)s of %(limit)s already counts this hour, %(held)s of it reserved: this stops %(what)s now."
    ),
    LimitWindow.DAY: marked(
        "%(counted)s of %(limit)s already counts today, %(held)s of it reserved: this stops %(what)s now."
    ),
    LimitWindow.WEEK: marked(
        "%(counted)s of %(limit)s already counts this week, %(held)s of it reserved: this stops %(what)s now."
    ),
    LimitWindow.MONTH: marked(
        "%(counted)s of %(limit)s already counts this month, %(held)s of it reserved: this stops %(what)s now."
    ),
}


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit for display, `amount` with its window. `share` is how much of its bar is filled, in percent; `state` is
    `ok`, `near` or `reached`."""

    limit: LimitStanding
    label: str
    amount: str
    per: str
    counted: str
    kind: str
    follows: str
    share: int
    state: str

    @classmethod
    def of(cls, limit: LimitStanding) -> LimitLine:
        state = "reached" if limit.is_reached else "near" if limit.percent >= NEAR else "ok"
        return cls(
            limit=limit,
            label=labels.subject_label(limit.subject, limit.name),
            amount=labels.amount_per(money(limit.amount), limit.kind),
            per=translated(labels.PER[limit.kind]),
            counted=_counted(limit),
            kind=_kind(limit),
            follows=_follows(limit),
            share=min(limit.percent, 100),
            state=state,
        )

    @property
    def usual(self) -> str:
        """The limit without a raise, with its window."""
        return labels.amount_per(money(self.limit.usual), self.limit.kind)


def list_prices(rates: Iterable[RateLabel]) -> str:
    """What calls cost, by several rates: `$0.19 per min, or $0.90 per min`."""
    said = ""
    for rate in rates:
        price = gettext("%(amount)s per %(unit)s", amount=money_exact(rate.amount), unit=translated(rate.per))
        # Translators: two prices, or several and one more.
        said = gettext("%(prices)s, or %(price)s", prices=said, price=price) if said else price
    return said


def _kind(limit: LimitStanding) -> str:
    if limit.refuses_all:
        return gettext("New calls are stopped")
    return gettext("Stops new calls once it's reached") if limit.stops else gettext("Only notifies you")


def _counted(limit: LimitStanding) -> str:
    counted = labels.counted(money(limit.counted), money(limit.amount), limit.kind)
    if not limit.held.micro:
        return counted
    return gettext(
        "%(counted)s, %(held)s of it reserved for calls in progress", counted=counted, held=money(limit.held)
    )


def _follows(limit: LimitStanding) -> str:
    """What comes next: when it starts again, and when a raise ends."""
    if limit.refuses_all and not limit.amount.micro:
        said = gettext("They can start again once it's raised.")
    elif limit.refuses_all:
        said = gettext("They can start again on %(time)s.", time=moment(limit.window.end))
    else:
        said = gettext("Resets on %(time)s.", time=moment(limit.window.end))
    if limit.raised_until is not None:
        until, usual = moment(limit.raised_until), money(limit.usual)
        said += " " + gettext("Raised until %(time)s, then %(usual)s again.", time=until, usual=usual)
    return said


def stops_now(draft: Draft, effect: Effect) -> str:
    """What happens if it is set now: "$38.20 of $30.00 is already spent today: this stops Spring recall now." """
    text = (_RESERVED if effect.held.micro else _SPENT)[draft.kind]
    return translated(text) % {
        "counted": money(effect.counted),
        "limit": money(effect.limit),
        "held": money(effect.held),
        "what": labels.short_label(draft.subject, draft.name),
    }


def stopped(draft: Draft) -> str:
    """What the button of the review says: `Stop Spring recall now`."""
    return gettext("Stop %(what)s now", what=labels.short_label(draft.subject, draft.name))


def in_progress(effect: Effect) -> str:
    """What becomes of calls in progress; empty without any."""
    if not effect.calls:
        return ""
    return ngettext(
        "%(num)s call in progress finishes, with %(held)s reserved.",
        "%(num)s calls in progress finish, with %(held)s reserved.",
        effect.calls,
        num=number(effect.calls),
        held=money(effect.held),
    )


def saved(line: LimitLine, effect: Effect) -> str:
    """The message after a limit was saved."""
    said = gettext("%(label)s: the limit is %(amount)s.", label=line.label, amount=line.amount)
    if effect.is_below_held and (rest := in_progress(effect)):
        said += " " + gettext("That is less than what already counts.") + " " + rest
    return said
