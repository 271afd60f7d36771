"""The pages that people go to by name: one registry for tabs, keyboard shortcuts and search.

`tests/pages/test_destinations.py` walks the URL map: a page is listed here, or in the test with the reason why not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask, current_app, url_for

from app.people import shortcuts
from app.web.identity import identity
from app.web.links import url_of_page


@dataclass(frozen=True, slots=True)
class Destination:
    """A page, or a part of one at `anchor`.

    `action` is the name under which a person's own keys are stored, so it never changes. `keys` are the usual ones:
    one, or two to be pressed one after the other. `also` are words that it is found by besides its name. `extra` is
    a key that works besides, with Ctrl or ⌘.
    """

    action: str
    endpoint: str
    name: str
    also: str = ""
    keys: str = ""
    anchor: str | None = None
    extra: str = ""
    is_tab: bool = False

    @property
    def blueprint(self) -> str:
        return self.endpoint.partition(".")[0]

    @property
    def url(self) -> str:
        """Its address, for the organization in view."""
        invoices_url: str | None = current_app.config["SETTINGS"].invoices_url
        if self.endpoint == "invoices.show" and self.is_tab and invoices_url:
            return invoices_url
        return url_of_page(self.endpoint, _anchor=self.anchor)

    def has(self, path: str) -> bool:
        """Whether a page lies below this one, as spending limits do below the wallet. All lie below the overview."""
        return self.endpoint != "overview.show" and path.startswith(f"{url_for(self.endpoint)}/")


DESTINATIONS = (
    Destination(
        "overview", "overview.show", "Overview", "home start usage balance billing", "g o", is_tab=True
    ),
    Destination("wallet", "wallet.show", "Wallet", "balance credit money", "g w", is_tab=True),
    Destination(
        "payment_methods", "payment_methods.show", "Payment methods", "cards default", "g p", is_tab=True
    ),
    Destination(
        "change_plan", "change_plan.show", "Change plan", "plans prices upgrade switch", "g c", is_tab=True
    ),
    Destination("invoices", "invoices.show", "Invoices", "bills receipts documents", "g i", is_tab=True),
    Destination("activity", "activity.show", "Activity", "audit trail log who did what", "g a", is_tab=True),
    Destination("top_up", "wallet.show", "Top up", "add credit money refill pay", "t", anchor="top-up"),
    Destination("search", "search.show", "Search", "find palette", "/", extra="k"),
    Destination(
        "history", "wallet.show", "Wallet history", "transactions movements", "g h", anchor="history"
    ),
    Destination(
        "coming_up", "coming_up.show", "What's next", "coming up calendar renewal charges upcoming", "g n"
    ),
    Destination(
        "cost_change",
        "cost_change.show",
        "Why did it cost more?",
        "compare periods weeks months change difference",
        "y",
        anchor="answer-heading",
    ),
    Destination(
        "saved_views",
        "wallet.show_views",
        "Saved views",
        "filters history rename remove",
        "g v",
        anchor="views",
    ),
    Destination(
        "calls",
        "wallet.show_calls_in_progress",
        "Calls in progress",
        "active running reserved holds overdue",
        "g r",
        anchor="calls-heading",
    ),
    Destination("campaign_check", "wallet.check_campaign", "Campaign check", "estimate cost quote price"),
    Destination("credit", "credit.show", "Your credit", "lots promotional goodwill expiry expires left"),
    Destination(
        "auto_top_up", "auto_top_up.show", "Auto top-up", "automatic refill threshold consent", "g t"
    ),
    Destination("daily_limit", "wallet.show_daily_limit", "Daily limit", "top-up maximum change"),
    Destination(
        "limits", "limits.show", "Spending limits", "budget cap maximum destinations countries", "g l"
    ),
    Destination("add_limit", "limits.new", "Add a spending limit", "budget cap maximum new"),
    Destination(
        "alerts",
        "alerts.show",
        "Credit alerts",
        "low balance notify slack sms email digest channels",
        "g e",
        anchor="levels",
    ),
    Destination(
        "set_aside",
        "set_aside.show",
        "Set aside",
        "envelope reserve campaign credit numbers rent floor keep",
        "g s",
    ),
    Destination(
        "brake", "brake.show", "Automatic top-up brake", "stopped continue answer runaway unusual spend"
    ),
    Destination("add_card", "payment_methods.new", "Add a card", "new payment method credit debit"),
    Destination("renewal", "change_plan.show_renewal", "Fix payment", "renewal overdue pay past due"),
    Destination(
        "cancel_plan", "change_plan.review_cancellation", "Cancel plan", "subscription end stop free"
    ),
    Destination(
        "statements", "invoices.show", "Wallet statements", "monthly months", anchor="statements-heading"
    ),
    Destination(
        "billing_details", "billing_details.show", "Billing details", "address tax id vat emails company"
    ),
    Destination("security", "security.show", "Security settings", "people owners access second factor"),
    Destination("account", "account.show", "Your account", "name language password profile"),
    Destination(
        "sessions", "account.show", "Where you're signed in", "sessions browsers devices", anchor="sessions"
    ),
    Destination("second_factor", "factors.show", "Second factor", "authenticator passkey recovery codes"),
    Destination("keyboard", "account.show_keyboard", "Keyboard shortcuts", "keys hotkeys", "?"),
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
