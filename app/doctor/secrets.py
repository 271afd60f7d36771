"""No secret leaves with what was found: errors of libraries sometimes name what they were given."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from config import Settings

_PASSWORD = re.compile(r"(://[^\s:/@]*:)[^\s@]*@")
_SHORTEST = 4
"""Shorter texts are no secrets worth the name, and would blank half a sentence."""


def redact(text: str, settings: Settings) -> str:
    """The text without any secret of the settings, and without passwords in addresses."""
    for secret in sorted(_secrets(settings), key=len, reverse=True):
        text = text.replace(secret, "[redacted]")
    return _PASSWORD.sub(r"\1[redacted]@", text)


def _secrets(settings: Settings) -> set[str]:
    provider = settings.identity_provider
    found = {
        settings.secret_key,
        *settings.secret_key_fallbacks,
        settings.metrics_token,
        settings.stripe_secret_key,
        *settings.stripe_webhook_secrets,
        *settings.sms_gateway_secrets,
        provider.client_secret if provider is not None else "",
    }
    databases = (settings.database_url, settings.database_owner_url, settings.database_replica_url)
    for url in (*databases, settings.smtp_url):
        password = _password(url)
        found |= {password, unquote(password)}
    return {one for one in found if len(one) >= _SHORTEST}


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        # What isn't an address may still have one in it.
        return url.rpartition("@")[0].rpartition(":")[2]
