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

# Translators: The second text of each page is words by which people search for it: those of your language.
DESTINATIONS = (
    Destination(
        "overview",
        "overview.show",
        marked("Overview"),
        marked("home start usage balance billing"),
        "g o",
        is_tab=True,
    ),
    Destination(
        "wallet", "wallet.show", marked("Wallet"), marked("balance credit money"), "g w", is_tab=True
    ),
    Destination(
        "payment_methods",
        "payment_methods.show",
        marked("Payment methods"),
        marked("cards default"),
        "g p",
        is_tab=True,
    ),
    Destination(
        "change_plan",
        "change_plan.show",
        marked("Change plan"),
        marked("plans prices upgrade switch"),
        "g c",
        is_tab=True,
    ),
    Destination(
        "invoices",
        "invoices.show",
        marked("Invoices"),
        marked("bills receipts documents"),
        "g i",
        is_tab=True,
    ),
    Destination(
        "activity",
        "activity.show",
        marked("Activity"),
        marked("audit trail log who did what"),
        "g a",
        is_tab=True,
    ),
    Destination(
        "top_up", "wallet.show", marked("Top up"), marked("add credit money refill pay"), "t", anchor="top-up"
    ),
    Destination("search", "search.show", marked("Search"), marked("find palette"), "/", extra="k"),
    Destination(
        "history",
        "wallet.show",
        marked("Wallet history"),
        marked("transactions movements"),
        "g h",
        anchor="history",
    ),
    Destination(
        "coming_up",
        "coming_up.show",
        marked("What's next"),
        marked("coming up calendar renewal charges upcoming"),
        "g n",
    ),
    Destination(
        "cost_change",
        "cost_change.show",
        marked("Why did it cost more?"),
        marked("compare periods weeks months change difference"),
        "y",
        anchor="answer-heading",
    ),
    Destination(
        "saved_views",
        "wallet.show_views",
        marked("Saved views"),
        marked("filters history rename remove"),
        "g v",
        anchor="views",
    ),
    Destination(
        "calls",
        "wallet.show_calls_in_progress",
        marked("Calls in progress"),
        marked("active running reserved holds overdue"),
        "g r",
        anchor="calls-heading",
    ),
    Destination(
        "campaign_check",
        "wallet.check_campaign",
        marked("Campaign check"),
        marked("estimate cost quote price"),
    ),
    Destination(
        "credit",
        "credit.show",
        marked("Your credit"),
        marked("lots promotional goodwill expiry expires left"),
    ),
    Destination(
        "auto_top_up",
        "auto_top_up.show",
        marked("Auto top-up"),
        marked("automatic refill threshold consent"),
        "g t",
    ),
    Destination(
        "daily_limit", "wallet.show_daily_limit", marked("Daily limit"), marked("top-up maximum change")
    ),
    Destination(
        "limits",
        "limits.show",
        marked("Spending limits"),
        marked("budget cap maximum destinations countries"),
        "g l",
    ),
    Destination("add_limit", "limits.new", marked("Add a spending limit"), marked("budget cap maximum new")),
    Destination(
        "alerts",
        "alerts.show",
        marked("Credit alerts"),
        marked("low balance notify slack sms email digest channels"),
        "g e",
        anchor="levels",
    ),
    Destination(
        "set_aside",
        "set_aside.show",
        marked("Set aside"),
        marked("envelope reserve campaign credit numbers rent floor keep"),
        "g s",
    ),
    Destination(
        "brake",
        "brake.show",
        marked("Automatic top-up brake"),
        marked("stopped continue answer runaway unusual spend"),
    ),
    Destination(
        "add_card", "payment_methods.new", marked("Add a card"), marked("new payment method credit debit")
    ),
    Destination(
        "renewal", "change_plan.show_renewal", marked("Fix payment"), marked("renewal overdue pay past due")
    ),
    Destination(
        "cancel_plan",
        "change_plan.review_cancellation",
        marked("Cancel plan"),
        marked("subscription end stop free"),
    ),
    Destination(
        "statements",
        "invoices.show",
        marked("Wallet statements"),
        marked("monthly months"),
        anchor="statements-heading",
    ),
    Destination(
        "billing_details",
        "billing_details.show",
        marked("Billing details"),
        marked("address tax id vat emails company"),
    ),
    Destination(
        "security", "security.show", marked("Security settings"), marked("people owners access second factor")
    ),
    Destination("account", "account.show", marked("Your account"), marked("name language password profile")),
    Destination(
        "sessions",
        "account.show",
        marked("Where you're signed in"),
        marked("sessions browsers devices"),
        anchor="sessions",
    ),
    Destination(
        "second_factor",
        "factors.show",
        marked("Second factor"),
        marked("authenticator passkey recovery codes"),
    ),
    Destination(
        "keyboard", "account.show_keyboard", marked("Keyboard shortcuts"), marked("keys hotkeys"), "?"
    ),
)
USUAL_KEYS = {one.action: one.keys for one in DESTINATIONS}


def init_app(app: Flask) -> None:
    """Give templates the tabs, and the keys of what has some."""
    app.add_template_global(list_tabs)
    app.add_template_global(list_keys)
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


def key(action: str) -> str:
    """The keys of an action, for the hint beside it; empty if there are none, or they are off."""
    who = identity()
    if who is None or who.user.shortcuts_off:
        return ""
    return shortcuts.keys_of(who.user, USUAL_KEYS)[action]
