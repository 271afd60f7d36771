"""Who a person is elsewhere, as the page about their own account shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from app import openid
from app.models import User
from app.people.external import identities
from app.shell import SHELL_NAME
from app.shell import current as trusted_shell


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An identity provider or the shell. `since` is when the person has been able to sign in with it, None if they
    can't; `connect` leads to where they connect it, None where that begins at the other side."""

    key: str
    issuer: str
    name: str
    since: datetime | None
    disconnect: str
    connect: str | None


def of(person: User) -> list[Elsewhere]:
    """The identity provider, if there is one; and the shell, if it signs this person in."""
    found = []
    client = openid.current()
    if client is not None:
        issuer, name = client.provider.issuer, client.provider.name
        found.append(
            Elsewhere(
                "provider",
                issuer,
                name,
                _since(person, issuer),
                url_for("account.disconnect_provider"),
                url_for("auth.connect_provider"),
            )
        )
    shell = trusted_shell()
    if shell is not None and (since := _since(person, shell.issuer)) is not None:
        found.append(
            Elsewhere("shell", shell.issuer, SHELL_NAME, since, url_for("account.disconnect_shell"), None)
        )
    return found


def _since(person: User, issuer: str) -> datetime | None:
    identity = identities.find_of(person.id, issuer)
    return identity.created_at if identity is not None else None
