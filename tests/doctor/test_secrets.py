"""What the doctor says has no secret in it, whichever setting it is of."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from app.doctor.secrets import redact
from config import Settings

SECRET = "vp-a-secret-of-thirty-characters"
PUBLIC = {"stripe_publishable_key"}
"""Pages carry it."""
SECRETS = [
    one.name
    for one in fields(Settings)
    if any(word in one.name for word in ("secret", "token", "key", "password")) and one.name not in PUBLIC
]
WITH_PASSWORDS = ["database_url", "database_owner_url", "smtp_url"]


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_said(settings: Settings, name: str) -> None:
    several: Any = isinstance(getattr(settings, name), tuple)
    changed = replace(settings, **{name: (SECRET, "another") if several else SECRET})
    assert SECRET not in redact(f"refused: {SECRET}.", changed)


@pytest.mark.parametrize("name", WITH_PASSWORDS)
def test_no_password_in_an_address_is_said(settings: Settings, name: str) -> None:
    changed: Any = replace(settings, **{name: f"scheme://someone:{SECRET}@host/name"})
    assert SECRET not in redact(f"can't reach {getattr(changed, name)} with {SECRET}", changed)


def test_there_are_secrets_to_hide() -> None:
    assert {"secret_key", "metrics_token", "stripe_webhook_secrets"} <= set(SECRETS)
