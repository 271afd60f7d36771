"""What settings must not say together. Each check raises `SettingsError`, which says what to do; what is missing was
named before."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import database_addresses
import secret_keys
from environ import SettingsError

if TYPE_CHECKING:
    from config import Settings

_WEBHOOK_SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{32,}={0,2}")


def which(settings: Settings) -> tuple[Callable[[Settings], None], ...]:
    """The checks of these settings: those of production only there."""
    everywhere = (_check_databases, _check_stripe, _check_issuers, _check_sms_gateway)
    if not settings.is_production:
        return everywhere
    return (*everywhere, _check_keys, _check_debug, _check_stand_in, _check_script, _check_public_url)


def _check_databases(settings: Settings) -> None:
    """Each address can be used for what it is for: changes go where they are taken."""
    for name, address, writes in (
        ("DATABASE_URL", settings.database_url, True),
        ("DATABASE_OWNER_URL", settings.database_owner_url, True),
        ("DATABASE_REPLICA_URL", settings.database_replica_url, False),
    ):
        if address and (wrong := database_addresses.problem(name, address, writes=writes)) is not None:
            raise SettingsError(wrong)
    if settings.database_replica_url and settings.database_replica_url == settings.database_url:
        raise SettingsError(
            "DATABASE_REPLICA_URL is the same as DATABASE_URL. Set it to the replica's address, or unset it: then "
            "everything is read from the primary."
        )


def _check_stripe(settings: Settings) -> None:
    live = settings.stripe_is_live
    if live and settings.uses_sandbox:
        raise SettingsError(
            f"STRIPE_API_BASE is {settings.stripe_api_base}, but STRIPE_SECRET_KEY is a live key. "
            "A live key is only ever sent to Stripe: unset STRIPE_API_BASE."
        )
    if not (settings.stripe_secret_key and settings.stripe_publishable_key):
        return
    published_live = settings.stripe_publishable_key.startswith("pk_live_")
    if live != published_live:
        raise SettingsError(
            "STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY are of different modes. Use both live or both test."
        )


def _check_issuers(settings: Settings) -> None:
    """People are known by issuer and subject, and the shell may do more than a provider, so neither may pass for the
    other."""
    shell, provider = settings.shell, settings.identity_provider
    if shell is not None and provider is not None and shell.issuer.rstrip("/") == provider.issuer.rstrip("/"):
        raise SettingsError(
            "SHELL_ISSUER and OIDC_ISSUER are the same, so people of one could be taken for those of the other. "
            "Give the shell's tokens an issuer of their own."
        )


def _check_sms_gateway(settings: Settings) -> None:
    """Text messages name amounts of money, so the gateway has to know that they are ours."""
    url, signing = settings.sms_gateway_url, settings.sms_gateway_secrets
    if bool(url) != bool(signing):
        raise SettingsError("SMS_GATEWAY_URL and SMS_GATEWAY_SECRET go together: set both, or neither.")
    if not all(map(_WEBHOOK_SECRET.fullmatch, signing)):
        raise SettingsError(
            "SMS_GATEWAY_SECRET must be whsec_ and 32 random bytes in base64: echo whsec_$(openssl rand -base64 32)"
        )
    if url and settings.is_production and not url.startswith("https://"):
        raise SettingsError(
            "SMS_GATEWAY_URL must start with https:// in production: text messages are confidential."
        )


def _check_keys(settings: Settings) -> None:
    """An old key that can be guessed forges as much as the new one: what it signed is still valid."""
    named = [("SECRET_KEY", settings.secret_key)]
    named += [("SECRET_KEY_FALLBACKS", one) for one in settings.secret_key_fallbacks]
    for name, key in named:
        if key and (wrong := secret_keys.weakness(key)) is not None:
            raise SettingsError(f"{name} {wrong}: {secret_keys.HOW_TO_MAKE_ONE}")


def _check_debug(settings: Settings) -> None:
    if settings.debug:
        raise SettingsError("FLASK_DEBUG is on. Unset it: a debugger in production hands out the server.")


def _check_stand_in(settings: Settings) -> None:
    if settings.uses_sandbox and settings.stripe_secret_key:
        raise SettingsError(
            f"STRIPE_API_BASE is {settings.stripe_api_base}: production never pays with a stand-in. Unset it."
        )


def _check_script(settings: Settings) -> None:
    if not settings.stripe_js_url.startswith("https://js.stripe.com/"):
        raise SettingsError("STRIPE_JS_URL must be Stripe's own address (PCI SAQ A). Unset it.")


def _check_public_url(settings: Settings) -> None:
    if settings.public_url and not settings.public_url.startswith("https://"):
        raise SettingsError("PUBLIC_URL must start with https:// in production.")
