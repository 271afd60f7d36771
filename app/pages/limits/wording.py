"""What the pages say about a limit."""

from __future__ import annotations

from dataclasses import dataclass

from app.billing.limit_settings.drafts import Draft
from app.billing.limit_settings.previews import Effect
from app.billing.limits import LimitStanding, labels
from app.web.formatting import moment, money

NEAR = 80


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit for display. `share` is how much of its bar is filled, in percent; `state` is `ok`, `near` or
    `reached`."""

    limit: LimitStanding
    label: str
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
            per=labels.PER[limit.kind],
            counted=_counted(limit),
            kind=_kind(limit),
            follows=_follows(limit),
            share=min(limit.percent, 100),
            state=state,
        )


def _kind(limit: LimitStanding) -> str:
    if limit.refuses_all:
        return "New calls are stopped"
    return "Stops new calls once it's reached" if limit.stops else "Only notifies you"


def _counted(limit: LimitStanding) -> str:
    said = f"{money(limit.counted)} of {money(limit.amount)} {labels.THIS[limit.kind]}"
    if limit.held.micro:
        said += f", {money(limit.held)} of it reserved for calls in progress"
    return said


def _follows(limit: LimitStanding) -> str:
    """What comes next: when it starts again, and when a raise ends."""
    if limit.refuses_all and not limit.amount.micro:
        said = "They can start again once it's raised."
    elif limit.refuses_all:
        said = f"They can start again on {moment(limit.window.end)}."
    else:
        said = f"Resets on {moment(limit.window.end)}."
    if limit.raised_until is not None:
        said += f" Raised until {moment(limit.raised_until)}, then {money(limit.usual)} again."
    return said


def stops_now(draft: Draft, effect: Effect) -> str:
    """What happens if it is set now: "$38.20 of $30.00 is already spent today: this stops Spring recall now." """
    this, what = labels.THIS[draft.kind], labels.short_label(draft.subject, draft.name)
    counted, limit = money(effect.counted), money(effect.limit)
    if effect.held.micro:
        already = f"{counted} of {limit} already counts {this}, {money(effect.held)} of it reserved"
    else:
        already = f"{counted} of {limit} is already spent {this}"
    return f"{already}: this stops {what} now."


def stopped(draft: Draft) -> str:
    """What the button of the review says: `Stop Spring recall now`."""
    return f"Stop {labels.short_label(draft.subject, draft.name)} now"


def in_progress(effect: Effect) -> str:
    """What becomes of calls in progress; empty without any."""
    if not effect.calls:
        return ""
    calls = "1 call" if effect.calls == 1 else f"{effect.calls:,} calls"
    finish = "finishes" if effect.calls == 1 else "finish"
    return f"{calls} in progress {finish}, with {money(effect.held)} reserved."


def saved(line: LimitLine, effect: Effect) -> str:
    """The message after a limit was saved."""
    said = f"{line.label}: the limit is {money(line.limit.amount)} {line.per}."
    if effect.is_below_held and (rest := in_progress(effect)):
        said += f" That is less than what already counts. {rest}"
    return said
