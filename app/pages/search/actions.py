"""What can be done by typing it: "top up 100", "export October", "switch to Scale", "remove card 4444", "webhook"."""

from __future__ import annotations

from collections.abc import Iterator

from app.billing import catalog, plans, statements
from app.billing.cards import payment_methods
from app.language import gettext, marked, translated
from app.models import ChannelKind, Organization
from app.months import Month
from app.pages import synonyms
from app.pages.search.links import Link
from app.pages.search.typed import Typed, words_of
from app.pages.wallet.forms import out_of_range
from app.web.formatting import money, month
from app.web.links import url_of_page

_CHANNELS = (
    (ChannelKind.SLACK, "slack", marked("Add Slack")),
    (ChannelKind.TEAMS, "teams", marked("Add Teams")),
    (ChannelKind.WEBHOOK, "webhook", marked("Add a webhook")),
)
_FEWEST_LETTERS = 3


def find(organization: Organization, typed: Typed) -> Iterator[Link]:
    """The actions that what was typed could mean."""
    yield from _top_up(typed)
    yield from _export(organization, typed)
    yield from _switch(organization, typed)
    yield from _cards(organization, typed)
    yield from _channels(typed)


def _top_up(typed: Typed) -> Iterator[Link]:
    """The form, filled in with the amount. Nothing is charged before its review."""
    is_meant = typed.means(synonyms.TO_TOP_UP)
    if typed.amount is None or not (is_meant or typed.is_amount):
        return
    limits = catalog.current().top_up
    if typed.amount.currency != limits.minimum.currency:
        return
    if limits.minimum <= typed.amount <= limits.maximum:
        url = url_of_page("wallet.show", amount=typed.amount.plain, _anchor="top-up")
        title = gettext("Top up %(amount)s", amount=money(typed.amount))
        yield Link(title, url, detail=gettext("You review it before you pay"))
    elif is_meant:
        yield Link(
            gettext("Top up"),
            url_of_page("wallet.show", _anchor="top-up"),
            detail=out_of_range(limits.minimum, limits.maximum),
        )


def _export(organization: Organization, typed: Typed) -> Iterator[Link]:
    is_meant = typed.means(synonyms.TO_EXPORT)
    if typed.month is not None and typed.month in statements.months(organization):
        yield from _statement(typed.month, is_export=is_meant)
    elif is_meant and typed.month is None:
        yield Link(gettext("Export wallet history"), url_of_page("wallet.export"), detail="CSV")
        yield Link(gettext("Export activity"), url_of_page("activity.export"), detail="CSV")


def _statement(wanted: Month, *, is_export: bool) -> Iterator[Link]:
    named, values = month(wanted.first), {"month": str(wanted)}
    if is_export:
        yield Link(
            gettext("Export %(month)s statement", month=named),
            url_of_page("invoices.export_statement", **values),
            detail="CSV",
        )
        yield Link(
            gettext("Download %(month)s statement", month=named),
            url_of_page("invoices.download_statement", **values),
            detail="PDF",
        )
    yield Link(gettext("%(month)s statement", month=named), url_of_page("invoices.show_statement", **values))


def _switch(organization: Organization, typed: Typed) -> Iterator[Link]:
    """The form with the plan chosen. The cost is on its review, before anything changes."""
    named = [plan for plan in catalog.current().plans.values() if typed.has(plan.name, translated(plan.name))]
    if not named:
        return
    now = plans.gather(organization)
    for plan in named:
        for interval in plan.intervals:
            if (plan.key, interval) == (now.plan.key, now.interval):
                continue
            url = url_of_page("change_plan.show", plan=f"{plan.key}:{interval}", _anchor="plan-switch")
            title = _switch_title(translated(plan.name), interval if len(plan.intervals) > 1 else None)
            yield Link(title, url, detail=gettext("You review the cost before anything changes"))


def _switch_title(plan: str, interval: str | None) -> str:
    if interval is None:
        return gettext("Switch to %(plan)s", plan=plan)
    if interval == "year":
        return gettext("Switch to %(plan)s, yearly", plan=plan)
    return gettext("Switch to %(plan)s, monthly", plan=plan)


def _cards(organization: Organization, typed: Typed) -> Iterator[Link]:
    """A card by its last digits or its brand; its removal asks before it removes."""
    is_removal = typed.means(synonyms.TO_REMOVE)
    if not (typed.card or is_removal or typed.means(synonyms.CARDS)):
        return
    for card in payment_methods.list_cards(organization):
        is_named = typed.card == card.last4 if typed.card else typed.has(*words_of(card.brand)[:1])
        if not is_named:
            continue
        if is_removal:
            url = url_of_page("payment_methods.confirm_removal", card_id=card.id)
            yield Link(
                gettext("Remove %(name)s", name=card.label),
                url,
                detail=gettext("You're asked before it's removed"),
            )
        yield Link(
            card.label,
            url_of_page("payment_methods.show", _anchor=f"card-{card.id}"),
            detail=gettext("Payment methods"),
        )


def _channels(typed: Typed) -> Iterator[Link]:
    """The forms that add what alerts reach people by, from the first letters of their names on."""
    for kind, name, title in _CHANNELS:
        if any(len(word) >= _FEWEST_LETTERS and name.startswith(word) for word in typed.words):
            url = url_of_page("alerts.new_channel", kind=kind.value)
            yield Link(translated(title), url, detail=gettext("Credit alerts"))
