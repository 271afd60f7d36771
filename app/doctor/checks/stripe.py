"""Stripe takes our key, sends us the events that we handle, and has the prices of what is sold."""

from __future__ import annotations

from collections.abc import Iterator

from app.billing.catalog import Catalog, CatalogError, sales, versions
from app.billing.subscriptions import taxes
from app.doctor.findings import Finding, ok, problem
from app.doctor.installation import Installation, NotSetError
from app.payments import account
from app.payments.account import API_VERSION, Endpoint
from app.payments.errors import MisconfiguredError, PaymentsError
from app.stripe_events.handling import HANDLERS
from config import Settings

_MOST_NAMED = 5
_KEY = "Check STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY in Stripe's dashboard under Developers, API keys."
_DASHBOARD = "In Stripe's dashboard under Developers, Webhooks"
_SYNC = "Run `flask catalog sync`."


def check_key(installation: Installation) -> Iterator[Finding]:
    """Stripe answers to our key, in our version of the API."""
    settings = installation.settings
    try:
        with installation.stripe():
            version = account.answered_version()
    except MisconfiguredError as error:
        yield problem(f"{error.for_operators}.", _KEY)
        return
    except PaymentsError as error:
        yield problem(
            f"{error.for_operators}.",
            f"Check that this machine reaches {settings.stripe_api_base}, and https://status.stripe.com.",
        )
        return
    if version is not None and version != API_VERSION:
        yield problem(
            f"Stripe answers in API version {version}, and {API_VERSION} was asked for.",
            "Look for something between this machine and Stripe that changes requests.",
        )
        return
    mode = "live mode: real money moves" if settings.stripe_is_live else "test mode: no real money moves"
    yield ok(f"{_whose(settings)} takes the key ({mode}), API version {API_VERSION}.")


def check_webhook(installation: Installation) -> Iterator[Finding]:
    """An endpoint of Stripe's leads here, is enabled, and gets every event that is handled."""
    settings = installation.settings
    if not settings.public_url:
        raise NotSetError("PUBLIC_URL isn't set.")
    with installation.stripe():
        endpoints = account.list_endpoints()
    if settings.uses_sandbox and not endpoints:
        yield ok("The stand-in sends its events where SANDBOX_WEBHOOK_URL says.")
        return
    url = f"{settings.public_url}/webhooks/stripe"
    ours = [one for one in endpoints if one.url.rstrip("/") == url]
    mode = "live" if settings.stripe_is_live else "test"
    if not ours:
        yield problem(
            f"No webhook endpoint in {mode} mode leads to {url}.",
            f"{_DASHBOARD}, add it with the events that docs/operations.md lists, and set STRIPE_WEBHOOK_SECRET to "
            "its signing secret.",
        )
        return
    if not any(one.is_enabled for one in ours):
        yield problem(f"The webhook endpoint {ours[0].id} is disabled.", f"{_DASHBOARD}, enable it.")
        return
    yield from _look_at(next(one for one in ours if one.is_enabled))


def _look_at(endpoint: Endpoint) -> Iterator[Finding]:
    lacks = endpoint.lacks(set(HANDLERS))
    if lacks:
        named = ", ".join(lacks[:_MOST_NAMED]) + (
            f" and {len(lacks) - _MOST_NAMED} more" if len(lacks) > _MOST_NAMED else ""
        )
        yield problem(
            f"The webhook endpoint {endpoint.id} isn't sent {named}.",
            f"{_DASHBOARD}, add these events to it. What was missed is found by `flask stripe reconcile`.",
        )
    if endpoint.api_version not in (None, API_VERSION):
        yield problem(
            f"The webhook endpoint {endpoint.id} has API version {endpoint.api_version}, not {API_VERSION}.",
            f"{_DASHBOARD}, add an endpoint with version {API_VERSION}, set STRIPE_WEBHOOK_SECRET to both secrets, "
            "and remove the old one.",
        )
    if not lacks and endpoint.api_version in (None, API_VERSION):
        yield ok(f"The webhook endpoint {endpoint.id} is sent all {len(HANDLERS)} events that are handled.")


def check_catalog(installation: Installation) -> Iterator[Finding]:
    """The catalog is valid, and stored as it is."""
    try:
        loaded = installation.catalog()
    except CatalogError as error:
        yield problem(
            f"The catalog can't be used: {error}", "Correct it, and see what `flask catalog check` says."
        )
        return
    with installation.database():
        stored = versions.stored_text(loaded.version)
    if stored is None:
        yield problem(f"Version {loaded.version} of the catalog isn't stored.", _SYNC)
    elif stored != loaded.text:
        yield problem(
            f"Version {loaded.version} is stored with other content than {installation.settings.catalog_path} has.",
            "Give the changed catalog a version of its own, then run `flask catalog sync`.",
        )
    else:
        yield ok(f"Version {loaded.version} of the catalog is stored.")


def check_prices(installation: Installation) -> Iterator[Finding]:
    """Stripe has the products, prices and tax settings of the catalog."""
    try:
        loaded = installation.catalog()
    except CatalogError as error:
        raise NotSetError(f"The catalog can't be used: {error}") from error
    found = _differences(installation, loaded)
    for words in found[:_MOST_NAMED]:
        yield problem(f"Missing at Stripe: {words}", _SYNC)
    if len(found) > _MOST_NAMED:
        yield problem(f"{len(found) - _MOST_NAMED} more are missing at Stripe.", _SYNC)
    if not found:
        yield ok("Stripe has the prices of all plans.")


def _differences(installation: Installation, loaded: Catalog) -> list[str]:
    with installation.stripe():
        found = [one.words for one in sales.differences(loaded)]
        return found + [one.words for one in taxes.differences(loaded)]


def _whose(settings: Settings) -> str:
    return f"The stand-in at {settings.stripe_api_base}" if settings.uses_sandbox else "Stripe"
