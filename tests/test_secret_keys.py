"""Keys that sign: random ones are taken, whatever made them, and those that someone thought of are refused."""

from __future__ import annotations

import base64
import hashlib
import secrets
import subprocess
import sys

import pytest

import secret_keys
from config import Settings
from environ import SettingsError
from tests.test_settings import PRODUCTION


@pytest.mark.parametrize(
    "key",
    [
        "",
        "short",
        "s" * 48,
        "changeme" * 6,
        "0123456789abcdef" * 4,
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "qwertyuiopasdfghjklzxcvbnm1234567890",
        "development-only-secret-key",
        "development-only-secret-key-development-only-secret-key",
        "django-insecure-key-please-change-in-production",
        "this-is-a-very-secret-key-for-production",
        "billing.example billing secret key 2026!!",
        "Th1s1sMyV3ryS3cr3tK3yF0rV01c3P0rtal!",
        "correct horse battery staple correct horse battery",
    ],
)
def test_one_that_can_be_guessed_is_refused_with_how_to_make_one(key: str) -> None:
    assert secret_keys.weakness(key)
    with pytest.raises(SettingsError, match=r"SECRET_KEY .*(not set|secrets\.token_urlsafe)"):
        Settings.from_environment(PRODUCTION | {"SECRET_KEY": key})


def test_the_one_of_the_instructions_is_taken() -> None:
    code = secret_keys.HOW_TO_MAKE_ONE.split("'")[1]
    for _ in range(3):
        made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert secret_keys.weakness(made.strip()) is None


@pytest.mark.parametrize("seed", range(20))
def test_random_ones_of_other_makers_are_taken(seed: int) -> None:
    digest = hashlib.sha512(f"made once {seed}".encode()).digest()
    for key in (digest.hex(), digest[:32].hex(), base64.b64encode(digest[:32]).decode()):
        assert secret_keys.weakness(key) is None, key
    assert secret_keys.weakness(secrets.token_urlsafe(24)) is None
