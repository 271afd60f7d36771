"""Which threads serve which request: one table, so that no kind of request can starve another.

Every endpoint belongs to a class, a new one by its blueprint: to the pages, unless it is said otherwise here. Each
class has threads of its own (`app.server`), and its requests wait for one of these alone.
"""

from __future__ import annotations

from enum import StrEnum

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from config import Settings


class Pool(StrEnum):
    """A class of requests."""

    PLATFORM = "platform"  # holds, usage, status: calls wait for the answer
    PAGES = "pages"  # people
    STRIPE = "stripe"  # people, and the answer needs one of Stripe's
    DOWNLOADS = "downloads"  # files that take seconds to make
    WEBHOOKS = "webhooks"  # what Stripe tells
    HEALTH = "health"  # the orchestrator's and the operators' questions
    REFUSALS = "refusals"  # what is refused before it was looked at: nothing is read from the database


BY_BLUEPRINT = {"api": Pool.PLATFORM, "webhooks": Pool.WEBHOOKS, "health": Pool.HEALTH}
"""Those that aren't pages."""

FILES = (".csv", ".pdf")
"""How addresses of pages end that are files to download."""

ASK_STRIPE = frozenset(
    {
        "wallet.begin_top_up",
        "wallet.show_top_up",
        "wallet.pay_top_up",
        "wallet.confirm_top_up",
        "wallet.cancel_top_up",
        "wallet.show_receipt",
        "live.live_wallet",
        "payment_methods.new",
        "payment_methods.begin_setup",
        "payment_methods.create",
        "payment_methods.make_default",
        "payment_methods.remove",
        "change_plan.begin_switch",
        "change_plan.show_switch",
        "change_plan.confirm_switch",
        "change_plan.pay_switch",
        "change_plan.answer_switch",
        "change_plan.cancel_switch",
        "change_plan.cancel_scheduled_change",
        "change_plan.show_renewal",
        "change_plan.pay_renewal",
        "change_plan.answer_renewal",
        "change_plan.cancel_plan",
        "invoices.show_invoice",
        "invoices.show_pdf",
    }
)
"""The endpoints of pages that may have to ask Stripe."""

STRIPE_BUSY = "billing.stripe_busy"
"""In a request's environment: too many wait for Stripe, so this one is answered without asking."""

REFUSED = "billing.refused"
"""In a request's environment: the status that it is refused with, before anything else is done for it."""

_LIMITS = "body_limits"


def pool_of(endpoint: str | None, path: str = "") -> Pool:
    """The class of an endpoint; where there is none, by where the address would be."""
    if endpoint is None:
        return Pool.PLATFORM if path.startswith("/api/") else Pool.PAGES
    if endpoint in ASK_STRIPE:
        return Pool.STRIPE
    pool = BY_BLUEPRINT.get(endpoint.partition(".")[0], Pool.PAGES)
    return Pool.DOWNLOADS if pool is Pool.PAGES and path.endswith(FILES) else pool


def threads_of(settings: Settings) -> dict[Pool, int]:
    """How many threads a web process has for each class."""
    return {
        Pool.PLATFORM: settings.platform_threads,
        Pool.PAGES: settings.page_threads,
        Pool.STRIPE: settings.stripe_threads,
        Pool.DOWNLOADS: settings.download_threads,
        Pool.WEBHOOKS: settings.webhook_threads,
        Pool.HEALTH: 1,
        Pool.REFUSALS: 1,
    }


def set_body_limit(app: Flask, endpoint: str, limit: int) -> None:
    """Say how many bytes the body of an endpoint's requests may have, where that is not what a form may have."""
    app.extensions.setdefault(_LIMITS, {})[endpoint] = limit


class Switchboard:
    """Finds the class of a request, and how large its body may be, before Flask has seen it."""

    def __init__(self, app: Flask) -> None:
        self._addresses: MapAdapter = app.url_map.bind("localhost")
        self._limits: dict[str, int] = app.extensions.get(_LIMITS, {})
        self._usual: int = app.config["MAX_CONTENT_LENGTH"]

    def endpoint_of(self, method: str, path: str) -> str | None:
        """The endpoint; None where nothing answers that address and method. `path` is PATH_INFO's text."""
        try:
            readable = path.encode("latin-1").decode("utf-8", "replace")
            endpoint, _ = self._addresses.match(readable, method)
        except HTTPException:
            return None
        return str(endpoint)

    def limit_of(self, endpoint: str | None) -> int:
        """How many bytes the body may have."""
        return self._limits.get(endpoint or "", self._usual)
