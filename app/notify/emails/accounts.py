"""What emails say about accounts and who may do what: passwords, second factors, sign-ins, owners, recipients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from app.notify.emails.email import Email, ReadBy


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordLink(Email):
    """Lets its reader choose a new password for `email`, at `path`, for a number of `hours`."""

    kind: ClassVar[str] = "password_link"
    read_by: ClassVar[ReadBy] = "anyone"
    opens: ClassVar[str | None] = "path"
    email: str
    path: str
    hours: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordSet(Email):
    """The password of `email` was set from the IP address `address`; `first`: it is the account's first password."""

    kind: ClassVar[str] = "password_set"
    read_by: ClassVar[ReadBy] = "anyone"
    email: str
    first: bool
    at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientsChanged(Email):
    """Who gets billing emails was changed by `by`, from the IP address `address` if they have one. An empty list
    means the owners."""

    kind: ClassVar[str] = "recipients_changed"
    read_by: ClassVar[ReadBy] = "anyone"
    before: list[str]
    after: list[str]
    by: str
    at: datetime
    address: str | None = None


FactorChange = Literal[
    "passkey_added",
    "passkey_removed",
    "app_added",
    "app_removed",
    "codes_made",
    "code_used",
    "reset",
    "guessed",
    "not_confirmed",
]
"""What can happen to a person's second factors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorChanged(Email):
    """Something happened to the second factors of `email`, from the IP address `address`. `name` is that of a
    passkey, `left` how many recovery codes are unused."""

    kind: ClassVar[str] = "factor_changed"
    read_by: ClassVar[ReadBy] = "anyone"
    email: str
    change: FactorChange
    at: datetime
    name: str = ""
    left: int | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityConnected(Email):
    """Someone who was signed in to the account `email`, from the IP address `address`, connected it with an identity
    provider, which people call `provider`."""

    kind: ClassVar[str] = "identity_connected"
    read_by: ClassVar[ReadBy] = "anyone"
    email: str
    provider: str
    at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDisconnected(Email):
    """The account `email` can't be opened with `provider` any more: by its person, from the IP address `address`, or
    by an operator."""

    kind: ClassVar[str] = "identity_disconnected"
    read_by: ClassVar[ReadBy] = "anyone"
    email: str
    provider: str
    at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSignIn(Email):
    """Someone signed in as `email` with a `device` (in words) that was not used for the account before; `place` is
    the IP address, with its country."""

    kind: ClassVar[str] = "new_sign_in"
    read_by: ClassVar[ReadBy] = "anyone"
    email: str
    device: str
    at: datetime
    place: str | None = None


Weakening = Literal["confirmations_rarer", "factor_optional"]
"""How an organization's security can be weakened: it asks less often who someone is, or for no second factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityWeakened(Email):
    """A security setting was switched off by `by`, from the IP address `address` if they have one."""

    kind: ClassVar[str] = "security_weakened"
    read_by: ClassVar[ReadBy] = "owners"
    change: Weakening
    by: str
    at: datetime
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersChanged(Email):
    """`person` became an owner, or is none any more, by what `by` did, from the IP address `address` if they have
    one."""

    kind: ClassVar[str] = "owners_changed"
    read_by: ClassVar[ReadBy] = "anyone"
    person: str
    is_owner: bool
    by: str
    at: datetime
    address: str | None = None
