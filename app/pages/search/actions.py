"""What can be done by typing it: "top up 100", "export October", "switch to Scale", "remove card 4444", "webhook"."""

from __future__ import annotations

from collections.abc import Iterator

from app.billing import catalog, plans, statements
from app.billing.cards import payment_methods
from app.models import ChannelKind, Organization
from app.months import Month
from app.pages.search.links import Link
from app.pages.search.typed import Typed
from app.pages.wallet.forms import out_of_range
from app.web.formatting import money, month
from app.web.links import url_of_page

_MONTHLY = {"month": "monthly", "year": "yearly"}
_CHANNELS = (
    (ChannelKind.SLACK, "slack", "Add Slack"),
    (ChannelKind.TEAMS, "teams", "Add Teams"),
    (ChannelKind.WEBHOOK, "webhook", "Add a webhook"),
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
    is_meant = typed.has("top", "topup", "top-up", "add", "recharge", "refill", "credit", "pay")
    if typed.amount is None or not (is_meant or typed.is_amount):
        return
    limits = catalog.current().top_up
    if typed.amount.currency != limits.minimum.currency:
        return
    if limits.minimum <= typed.amount <= limits.maximum:
        url = url_of_page("wallet.show", amount=typed.amount.plain, _anchor="top-up")
        yield Link(f"Top up {money(typed.amount)}", url, detail="You review it before you pay")
    elif is_meant:
        yield Link(
            "Top up",
            url_of_page("wallet.show", _anchor="top-up"),
            detail=out_of_range(limits.minimum, limits.maximum),
        )


def _export(organization: Organization, typed: Typed) -> Iterator[Link]:
    is_meant = typed.has("export", "download", "csv", "pdf", "statement", "statements")
    if typed.month is not None and typed.month in statements.months(organization):
        yield from _statement(typed.month, is_export=is_meant)
    elif is_meant and typed.month is None:
        yield Link("Export wallet history", url_of_page("wallet.export"), detail="CSV")
        yield Link("Export activity", url_of_page("activity.export"), detail="CSV")


def _statement(wanted: Month, *, is_export: bool) -> Iterator[Link]:
    name, values = f"{month(wanted.first)} statement", {"month": str(wanted)}
    if is_export:
        yield Link(f"Export {name}", url_of_page("invoices.export_statement", **values), detail="CSV")
        yield Link(f"Download {name}", url_of_page("invoices.download_statement", **values), detail="PDF")
    yield Link(name, url_of_page("invoices.show_statement", **values))


def _switch(organization: Organization, typed: Typed) -> Iterator[Link]:
    """The form with the plan chosen. The cost is on its review, before anything changes."""
    named = [plan for plan in catalog.current().plans.values() if typed.has(plan.name.casefold())]
    if not named:
        return
    now = plans.gather(organization)
    for plan in named:
        for interval in plan.intervals:
            if (plan.key, interval) == (now.plan.key, now.interval):
                continue
            how = f", {_MONTHLY[interval]}" if len(plan.intervals) > 1 else ""
            url = url_of_page("change_plan.show", plan=f"{plan.key}:{interval}", _anchor="plan-switch")
            yield Link(
                f"Switch to {plan.name}{how}", url, detail="You review the cost before anything changes"
            )


def _cards(organization: Organization, typed: Typed) -> Iterator[Link]:
    """A card by its last digits or its brand; its removal asks before it removes."""
    is_removal = typed.has("remove", "delete", "detach")
    if not (typed.card or is_removal or typed.has("card", "cards")):
        return
    for card in payment_methods.list_cards(organization):
        names = card.label.casefold().split()
        is_named = typed.card in names if typed.card else typed.has(*names[:1])
        if not is_named:
            continue
        if is_removal:
            url = url_of_page("payment_methods.confirm_removal", card_id=card.id)
            yield Link(f"Remove {card.label}", url, detail="You're asked before it's removed")
        yield Link(
            card.label,
            url_of_page("payment_methods.show", _anchor=f"card-{card.id}"),
            detail="Payment methods",
        )


def _channels(typed: Typed) -> Iterator[Link]:
    """The forms that add what alerts reach people by, from the first letters of their names on."""
    for kind, name, title in _CHANNELS:
        if any(len(word) >= _FEWEST_LETTERS and name.startswith(word) for word in typed.words):
            url = url_of_page("alerts.new_channel", kind=kind.value)
            yield Link(title, url, detail="Credit alerts")
