"""The pages that people go to by name: one registry for tabs, keyboard shortcuts and search.

`tests/pages/test_destinations.py` walks the URL map: a page is listed here, or in the test with the reason why not.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask

from app.language import marked
from app.pages.destination import Destination
from app.people import shortcuts
from app.web.identity import identity

DESTINATIONS = (
    Destination("overview", "overview.show", marked("Overview"), "g o", is_tab=True),
    Destination("wallet", "wallet.show", marked("Wallet"), "g w", is_tab=True),
    Destination("payment_methods", "payment_methods.show", marked("Payment methods"), "g p", is_tab=True),
    Destination("change_plan", "change_plan.show", marked("Change plan"), "g c", is_tab=True),
    Destination("invoices", "invoices.show", marked("Invoices"), "g i", is_tab=True),
    Destination("activity", "activity.show", marked("Activity"), "g a", is_tab=True),
    Destination("top_up", "wallet.show", marked("Top up"), "t", anchor="top-up"),
    Destination("search", "search.show", marked("Search"), "/", extra="k"),
    Destination("history", "wallet.show", marked("Wallet history"), "g h", anchor="history"),
    Destination("coming_up", "coming_up.show", marked("What's next"), "g n"),
    Destination(
        "cost_change",
        "cost_change.show",
        marked("Why did it cost more?"),
        "y",
        anchor="answer-heading",
    ),
    Destination(
        "saved_views",
        "wallet.show_views",
        marked("Saved views"),
        "g v",
        anchor="views",
    ),
    Destination(
        "calls",
        "wallet.show_calls_in_progress",
        marked("Calls in progress"),
        "g r",
        anchor="calls-heading",
    ),
    Destination("campaign_check", "wallet.check_campaign", marked("Campaign check")),
    Destination("credit", "credit.show", marked("Your credit")),
    Destination("auto_top_up", "auto_top_up.show", marked("Auto top-up"), "g t"),
    Destination("daily_limit", "wallet.show_daily_limit", marked("Daily limit")),
    Destination("limits", "limits.show", marked("Spending limits"), "g l"),
    Destination("add_limit", "limits.new", marked("Add a spending limit")),
    Destination(
        "alerts",
        "alerts.show",
        marked("Credit alerts"),
        "g e",
        anchor="levels",
    ),
    Destination(
        "set_aside",
        "set_aside.show",
        marked("Set aside"),
        "g s",
    ),
    Destination("brake", "brake.show", marked("Automatic top-up brake")),
    Destination("add_card", "payment_methods.new", marked("Add a card")),
    Destination("renewal", "change_plan.show_renewal", marked("Fix payment")),
    Destination("cancel_plan", "change_plan.review_cancellation", marked("Cancel plan")),
    Destination("statements", "invoices.show", marked("Wallet statements"), anchor="statements-heading"),
    Destination("billing_details", "billing_details.show", marked("Billing details")),
    Destination("security", "security.show", marked("Security settings")),
    Destination("account", "account.show", marked("Your account")),
    Destination("sessions", "account.show", marked("Where you're signed in"), anchor="sessions"),
    Destination("second_factor", "factors.show", marked("Second factor")),
    Destination("keyboard", "account.show_keyboard", marked("Keyboard shortcuts"), "?"),
)
USUAL_KEYS = {one.action: one.keys for one in DESTINATIONS}


def init_app(app: Flask) -> None:
    """Give templates the tabs, and the keys of what has some."""
    app.add_template_global(list_tabs)
    app.add_template_global(list_keys)
    app.add_template_global(map_keys)
    app.add_template_global(key)


def list_tabs() -> list[Destination]:
    """The pages that have a tab, in their order."""
    return [one for one in DESTINATIONS if one.is_tab]


def list_keys() -> Iterator[tuple[Destination, str]]:
    """What has keys, with those of the person signed in: `g w`. They are listed also while they are off."""
    who = identity()
    own = shortcuts.keys_of(who.user, USUAL_KEYS) if who else {}
    for one in DESTINATIONS:
        if (keys := own.get(one.action)) or one.extra:
            yield one, keys or ""


def map_keys() -> dict[str, list[str]]:
    """Where each of these keys leads, and the action: for the script of the page, which does some of them in it. What
    is pressed with Ctrl or ⌘ begins with `+`."""
    return {
        pressed: [one.url, one.action]
        for one, keys in list_keys()
        for pressed in (keys, f"+{one.extra}" if one.extra else "")
        if pressed
    }


def key(action: str) -> str:
    """The keys of an action, for the hint beside it; empty if there are none, or they are off."""
    who = identity()
    if who is None or who.user.shortcuts_off:
        return ""
    return shortcuts.keys_of(who.user, USUAL_KEYS)[action]
