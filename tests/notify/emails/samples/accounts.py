"""Emails about accounts and who may do what."""

from __future__ import annotations

from typing import get_args

from app.notify.emails import (
    Email,
    FactorChange,
    FactorChanged,
    IdentityConnected,
    IdentityDisconnected,
    NewSignIn,
    OwnersChanged,
    PasswordLink,
    PasswordSet,
    RecipientsChanged,
    SecurityWeakened,
    Weakening,
)
from tests.factories import at

ABOUT_ACCOUNTS: list[Email] = [
    PasswordLink(
        email="dana@harbor.example", path="/set-password/s3cr3t", hours=2, at=at("2026-11-24 14:05")
    ),
    PasswordSet(email="dana@harbor.example", first=True, at=at("2026-11-24 14:05"), address="192.0.2.7"),
    PasswordSet(email="dana@harbor.example", first=False, at=at("2026-11-24 14:05")),
    NewSignIn(
        email="dana@harbor.example",
        device="Chrome on Windows",
        place="Germany (192.0.2.7)",
        at=at("2026-11-24 14:05"),
    ),
    IdentityConnected(
        email="dana@harbor.example", provider="Acme", at=at("2026-11-24 14:05"), address="198.51.100.7"
    ),
    IdentityDisconnected(
        email="dana@harbor.example", provider="Acme", at=at("2026-11-24 14:05"), address="198.51.100.7"
    ),
    NewSignIn(email="dana@harbor.example", device="An unknown browser", at=at("2026-11-24 14:05")),
    RecipientsChanged(
        before=["books@harbor.example"],
        after=["ap@harbor.example", "cfo@harbor.example"],
        by="dana@harbor.example",
        address="192.0.2.7",
        at=at("2026-11-24 14:05"),
    ),
    RecipientsChanged(before=["books@harbor.example"], after=[], by="x", at=at("2026-11-24 14:05")),
    *(
        FactorChanged(
            email="dana@harbor.example", change=change, at=at("2026-11-24 14:05"), address="192.0.2.7"
        )
        for change in get_args(FactorChange)
    ),
    FactorChanged(
        email="dana@harbor.example", change="passkey_added", name="Laptop", at=at("2026-11-24 14:05")
    ),
    *(
        SecurityWeakened(
            change=change, by="dana@harbor.example", address="192.0.2.7", at=at("2026-11-24 14:05")
        )
        for change in get_args(Weakening)
    ),
    *(
        OwnersChanged(person="ava@new.example", is_owner=is_owner, by="engine", at=at("2026-11-24 14:05"))
        for is_owner in (True, False)
    ),
    FactorChanged(email="dana@harbor.example", change="code_used", left=0, at=at("2026-11-24 14:05")),
]
