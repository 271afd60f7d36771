"""What made the difference, in one sentence: "Usage cost $38.20 more than …: $21.10 from more calls and …"."""

from __future__ import annotations

from app.billing.activity.cost_change import CostChange, PartChange, Period
from app.billing.activity.variance import Part
from app.models import UsageGroup
from app.money import Money
from app.pages.cost_change.query import PLURALS
from app.web.formatting import day_long, money


def sentence(change: CostChange, group: str | None) -> str:
    """What the later period cost more or less, and from what."""
    what = UsageGroup(group).label.lower() if group else "usage"
    compared = f"Compared with {days_of(change.before.period)}, {what} cost"
    if not change.difference:
        return f"{compared} the same: {money(change.after.cost)}."
    more = "more" if change.difference.micro > 0 else "less"
    return f"{compared} {money(abs(change.difference))} {more}: {_causes(change)}."


def days_of(period: Period) -> str:
    """A period: "November 15, 2026 to November 21, 2026", or its only day."""
    if period.days == 1:
        return day_long(period.first)
    return f"{day_long(period.first)} to {day_long(period.last)}"


def part_label(one: PartChange, by: str) -> str:
    """What a part is called by what it did: "More calls", "Cheaper mix of campaigns"."""
    is_more = one.amount.micro >= 0
    return {
        Part.VOLUME: "more usage" if is_more else "less usage",
        Part.MIX: f"a {'costlier' if is_more else 'cheaper'} mix of {PLURALS[by]}",
        Part.LENGTH: f"{'longer' if is_more else 'shorter'} calls",
        Part.RATE: f"{'higher' if is_more else 'lower'} cost per unit",
    }[one.part]


NAMES = {
    Part.VOLUME: "Volume",
    Part.MIX: "Mix",
    Part.LENGTH: "Length",
    Part.RATE: "Cost per unit",
}
"""What the parts are called that changed nothing."""
ABOUT = {
    Part.VOLUME: "More or fewer calls, text messages and numbers, at the earlier period's cost for each.",
    Part.MIX: "A larger or smaller share of calls that cost more. Anything new or gone counts here.",
    Part.LENGTH: "More or less usage per call: minutes, speech and tokens.",
    Part.RATE: "Rates, and how much of the usage your plan included.",
}
"""What each part is."""


def _causes(change: CostChange) -> str:
    """With the sign of the difference first, the largest first; the others are said to work against it."""
    changed = [one for one in change.parts if one.amount]
    nothing = money(Money.zero(change.difference.currency))
    is_more = change.difference.micro > 0
    # What rounds to nothing is only worth a word where nothing else makes the difference.
    said = [one for one in changed if _absolute(one) != nothing]
    if not any((one.amount.micro > 0) is is_more for one in said):
        said = changed
    parts = sorted(said, key=lambda one: -abs(one.amount.micro))
    along = [one for one in parts if (one.amount.micro > 0) is is_more]
    against = [one for one in parts if (one.amount.micro > 0) is not is_more]
    text = _listed([f"{_absolute(one)} from {_cause(one, change)}" for one in along])
    if against:
        less = "less" if is_more else "more"
        text += f"; {_listed([f'{_absolute(one)} {less} from {_cause(one, change)}' for one in against])}"
    return text


def _cause(one: PartChange, change: CostChange) -> str:
    if one.part is Part.VOLUME and change.before.calls != change.after.calls:
        is_more = one.amount.micro > 0
        if is_more is (change.after.calls > change.before.calls):
            return "more calls" if is_more else "fewer calls"
    label = part_label(one, change.by)
    return f"a {label}" if one.part is Part.RATE else label


def _absolute(one: PartChange) -> str:
    return money(abs(one.amount))


def _listed(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
