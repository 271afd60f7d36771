"""Time-based codes of authenticator apps: TOTP (https://www.rfc-editor.org/rfc/rfc6238), computed by pyotp."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyotp
from pyotp.exceptions import OTPVerificationError

from app.clock import utc_now

ISSUER = "Voice Portal"
_DRIFT_STEPS = 1
_CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Setup:
    """What an app is told to make codes: as an address for a QR code, and as text in groups of four."""

    address: str
    secret: str

    @property
    def as_text(self) -> str:
        return " ".join(re.findall(".{1,4}", self.secret))


def new_secret() -> str:
    """A secret that no one else has."""
    return str(pyotp.random_base32())


def setup(secret: str, email: str, *, issuer: str = ISSUER) -> Setup:
    """What the app of the person with this address is told."""
    return Setup(pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer), secret)


def step_of(secret: str, code: str) -> int | None:
    """The time step that a code is of; None if it is wrong. By the database's clock, which all processes share; a
    clock may be one step of 30 seconds off, either way."""
    digits = re.sub(r"\s", "", code)
    if not _CODE.fullmatch(digits):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(
            digits, for_time=utc_now(), valid_window=_DRIFT_STEPS
        )
    except OTPVerificationError:
        return None
