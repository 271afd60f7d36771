"""What made the difference, in one sentence: "Usage cost $38.20 more than …: $21.10 from more calls and …"."""

from __future__ import annotations

from app.billing.activity.cost_change import CostChange, PartChange, Period
from app.billing.activity.variance import Part
from app.language import gettext, in_sentence, marked, pgettext, translated
from app.models import UsageGroup
from app.money import Money
from app.web.formatting import day_long, money

_LABELS = {
    (Part.VOLUME, True): marked("more usage"),
    (Part.VOLUME, False): marked("less usage"),
    (Part.LENGTH, True): marked("longer calls"),
    (Part.LENGTH, False): marked("shorter calls"),
    (Part.RATE, True): marked("higher cost per unit"),
    (Part.RATE, False): marked("lower cost per unit"),
}
_MIXES = {
    ("campaign", True): marked("a costlier mix of campaigns"),
    ("campaign", False): marked("a cheaper mix of campaigns"),
    ("agent", True): marked("a costlier mix of agents"),
    ("agent", False): marked("a cheaper mix of agents"),
    ("number", True): marked("a costlier mix of phone numbers"),
    ("number", False): marked("a cheaper mix of phone numbers"),
    ("direction", True): marked("a costlier mix of directions"),
    ("direction", False): marked("a cheaper mix of directions"),
    ("country", True): marked("a costlier mix of countries"),
    ("country", False): marked("a cheaper mix of countries"),
}
ABOUT = {
    Part.VOLUME: marked(
        "More or fewer calls, text messages and numbers, at the earlier period's cost for each."
    ),
    Part.MIX: marked("A larger or smaller share of calls that cost more. Anything new or gone counts here."),
    Part.LENGTH: marked("More or less usage per call: minutes, speech and tokens."),
    Part.RATE: marked("Rates, and how much of the usage your plan included."),
}
"""What each part is."""


def sentence(change: CostChange, group: str | None) -> str:
    """What the later period cost more or less, and from what."""
    period = days_of(change.before.period)
    if not change.difference:
        cost = money(change.after.cost)
        if group is None:
            return gettext(
                "Compared with %(period)s, usage cost the same: %(cost)s.", period=period, cost=cost
            )
        return gettext(
            "Compared with %(period)s, %(group)s cost the same: %(cost)s.",
            period=period,
            group=_group(group),
            cost=cost,
        )
    values = {"period": period, "amount": money(abs(change.difference)), "causes": _causes(change)}
    is_more = change.difference.micro > 0
    if group is None:
        if is_more:
            return gettext("Compared with %(period)s, usage cost %(amount)s more: %(causes)s.", **values)
        return gettext("Compared with %(period)s, usage cost %(amount)s less: %(causes)s.", **values)
    values["group"] = _group(group)
    if is_more:
        return gettext("Compared with %(period)s, %(group)s cost %(amount)s more: %(causes)s.", **values)
    return gettext("Compared with %(period)s, %(group)s cost %(amount)s less: %(causes)s.", **values)


def days_of(period: Period) -> str:
    """A period: "November 15, 2026 to November 21, 2026", or its only day."""
    if period.days == 1:
        return day_long(period.first)
    return gettext("%(first)s to %(last)s", first=day_long(period.first), last=day_long(period.last))


def part_label(one: PartChange, by: str) -> str:
    """What a part is called by what it did: "more usage", "a cheaper mix of campaigns"."""
    is_more = one.amount.micro >= 0
    return translated(_MIXES[by, is_more] if one.part is Part.MIX else _LABELS[one.part, is_more])


def _group(group: str) -> str:
    return in_sentence(UsageGroup(group).label)


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
    text = _listed([_along(one, change) for one in along])
    if not against:
        return text
    # Translators: "$21.10 from more calls; $3.00 less from shorter calls".
    return gettext(
        "%(along)s; %(against)s", along=text, against=_listed([_against(one, change) for one in against])
    )


def _along(one: PartChange, change: CostChange) -> str:
    # Translators: "$21.10 from more calls".
    return gettext("%(amount)s from %(cause)s", amount=_absolute(one), cause=_cause(one, change))


def _against(one: PartChange, change: CostChange) -> str:
    values = {"amount": _absolute(one), "cause": _cause(one, change)}
    if one.amount.micro < 0:
        return gettext("%(amount)s less from %(cause)s", **values)
    return gettext("%(amount)s more from %(cause)s", **values)


def _cause(one: PartChange, change: CostChange) -> str:
    is_more = one.amount.micro > 0
    if one.part is Part.VOLUME and change.after.calls is not None and change.before.calls is not None:
        calls = change.after.calls - change.before.calls
        if calls and is_more is (calls > 0):
            return gettext("more calls") if is_more else gettext("fewer calls")
    if one.part is Part.RATE:
        return gettext("a higher cost per unit") if is_more else gettext("a lower cost per unit")
    return part_label(one, change.by)


def _absolute(one: PartChange) -> str:
    return money(abs(one.amount))


def _listed(texts: list[str]) -> str:
    """`$9.00 from more calls, $2.00 from longer calls and $1.00 from more usage`."""
    first, *others = texts
    if not others:
        return first
    for one in others[:-1]:
        first = pgettext("a list of causes", "%(causes)s, %(cause)s", causes=first, cause=one)
    return pgettext("the end of a list of causes", "%(causes)s and %(cause)s", causes=first, cause=others[-1])
