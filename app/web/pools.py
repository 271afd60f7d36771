"""Which threads serve which request: one table, so that no kind of request can starve another.

Every endpoint belongs to a class by its blueprint: to the pages, unless configured here. Each class has its own
threads (`app.server`), and its requests only wait for these.
"""

from __future__ import annotations

from enum import StrEnum

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from config import Settings


class Pool(StrEnum):
    """A class of requests."""

    PLATFORM = "platform"  # holds, usage, status: calls wait for the response
    PAGES = "pages"  # people
    SIGN_IN = "sign_in"  # people, with a password that takes long to hash, and is meant to
    SHELL = "shell"  # people whom the shell signs in, with a call to it for its keys
    PROVIDER = "provider"  # people, with a call to the identity provider
    CHANNELS = "channels"  # people, with a message to a chat or a webhook, or a look at its name
    STRIPE = "stripe"  # people, with a call to Stripe
    DOWNLOADS = "downloads"  # files that take seconds to create
    WEBHOOKS = "webhooks"  # Stripe's events
    HEALTH = "health"  # health checks
    REFUSALS = "refusals"  # requests that are refused without reading from the database


BY_BLUEPRINT = {"api": Pool.PLATFORM, "webhooks": Pool.WEBHOOKS, "health": Pool.HEALTH}
"""Blueprints that aren't pages."""

FILES = (".csv", ".pdf")
"""Suffixes of paths that are downloads."""

ASK_STRIPE = frozenset(
    {
        "wallet.begin_top_up",
        "wallet.show_top_up",
        "wallet.pay_top_up",
        "wallet.confirm_top_up",
        "wallet.cancel_top_up",
        "wallet.show_receipt",
        "live.live_change_plan",
        "live.live_due_today",
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
"""The endpoints of pages that may call Stripe."""

HASH_PASSWORDS = frozenset(
    {"auth.confirm", "auth.sign_in", "auth.set_password", "auth.invitation", "account.change_password"}
)
"""The endpoints that hash a password, each time with 64 MB and much of a processor. There are as many simultaneously
as there are threads, so that a burst of attempts delays those who sign in and no one else."""

HASH_PASSWORDS_OF_OPERATORS = frozenset({"operator.sign_in", "operator.join"})
"""The same of the operators' console, where it is served."""

ASK_SHELL = frozenset({"auth.enter_from_shell", "auth.confirm_shell_connection"})
"""The endpoints that may ask the shell for its keys, which may take long to answer."""


ASK_PROVIDER = frozenset(
    {
        "auth.sign_in_with_provider",
        "auth.connect_provider",
        "auth.confirm_with_provider",
        "auth.sign_out_of_provider",
        "auth.provider_callback",
    }
)
"""The endpoints of pages that may call the identity provider: when it is slow, no one else waits."""

ASK_CHANNELS = frozenset(
    {"alerts.add_channel", "alerts.change_number", "alerts.send_code", "alerts.send_test"}
)
"""The endpoints of pages that may call an address that an owner has entered, which may answer slowly or never."""

_SLOW = (
    (ASK_STRIPE, Pool.STRIPE),
    (ASK_SHELL, Pool.SHELL),
    (ASK_PROVIDER, Pool.PROVIDER),
    (ASK_CHANNELS, Pool.CHANNELS),
    (HASH_PASSWORDS | HASH_PASSWORDS_OF_OPERATORS, Pool.SIGN_IN),
)
"""What each of these endpoints waits for."""

STRIPE_BUSY = "billing.stripe_busy"
"""In a request's environment: too many wait for Stripe, so this one must respond without calling it."""

REFUSED = "billing.refused"
"""In a request's environment: the status that it is refused with, before anything else."""

_LIMITS = "body_limits"


def pool_of(endpoint: str | None, path: str = "") -> Pool:
    """The class of an endpoint; if there is none, by its path."""
    if endpoint is None:
        return Pool.PLATFORM if path.startswith("/api/") else Pool.PAGES
    for endpoints, waits_for in _SLOW:
        if endpoint in endpoints:
            return waits_for
    pool = BY_BLUEPRINT.get(endpoint.partition(".")[0], Pool.PAGES)
    return Pool.DOWNLOADS if pool is Pool.PAGES and path.endswith(FILES) else pool


def threads_of(settings: Settings) -> dict[Pool, int]:
    """How many threads a web process has for each class."""
    return {
        Pool.PLATFORM: settings.platform_threads,
        Pool.PAGES: settings.page_threads,
        Pool.SIGN_IN: settings.sign_in_threads,
        Pool.SHELL: settings.shell_threads,
        Pool.PROVIDER: settings.provider_threads,
        Pool.CHANNELS: settings.channel_threads,
        Pool.STRIPE: settings.stripe_threads,
        Pool.DOWNLOADS: settings.download_threads,
        Pool.WEBHOOKS: settings.webhook_threads,
        Pool.HEALTH: 1,
        Pool.REFUSALS: 1,
    }


def set_body_limit(app: Flask, endpoint: str, limit: int) -> None:
    """Set the largest body of an endpoint in bytes, if it differs from that of forms."""
    app.extensions.setdefault(_LIMITS, {})[endpoint] = limit


class Switchboard:
    """Finds the class of a request, and the limit of its body, before Flask handles it."""

    def __init__(self, app: Flask) -> None:
        self._addresses: MapAdapter = app.url_map.bind("localhost")
        self._limits: dict[str, int] = app.extensions.get(_LIMITS, {})
        self._usual: int = app.config["MAX_CONTENT_LENGTH"]

    def endpoint_of(self, method: str, path: str) -> str | None:
        """The endpoint; None if nothing serves that path and method. `path` is the text of PATH_INFO."""
        try:
            readable = path.encode("latin-1").decode("utf-8", "replace")
            endpoint, _ = self._addresses.match(readable, method)
        except HTTPException:
            return None
        return str(endpoint)

    def limit_of(self, endpoint: str | None) -> int:
        """How many bytes the body may have."""
        return self._limits.get(endpoint or "", self._usual)
