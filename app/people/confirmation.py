"""Confirming that it's still the person who signed in ("Confirm it's you"), before what a stolen session must not do.

A session remembers when that was last proved: when it began, and whenever it was proved again. The ways to prove it
are `METHODS`: a new factor is added here, with the template of its fields (`auth/confirm/_<key>.html`). A
person who has none of them, such as someone with passkeys alone, proves it by signing in again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.billing import audit
from app.billing.audit import Actor
from app.clock import utc_now
from app.models import Organization, User
from app.people import organizations, passwords
from app.people.factors import authenticator_apps, status
from app.people.own_trail import Proof

ALWAYS_WITHIN = timedelta(minutes=2)
"""How long a confirmation counts where an organization asks every time: for the steps of one change."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way to prove it. `verify` judges the fields that its template has sent, whose names it chooses itself.
    `wrong` is what is said if they don't prove it."""

    key: str
    wrong: str
    is_available: Callable[[User], bool]
    verify: Callable[[User, Mapping[str, str]], bool]


def _has_app(user: User) -> bool:
    return authenticator_apps.find(user.id) is not None


def _verify_code(user: User, fields: Mapping[str, str]) -> bool:
    return authenticator_apps.verify(user.id, fields.get("code", ""))


def _has_password_alone(user: User) -> bool:
    return user.password_hash is not None and not _has_app(user)


def _verify_password(user: User, fields: Mapping[str, str]) -> bool:
    return passwords.verify(fields.get("password", ""), user.password_hash)


METHODS: list[Method] = [
    Method("code", "This code is wrong, or was used already. Wait for the next one.", _has_app, _verify_code),
    # A stolen session may come with the password; the app's codes stay on the owner's phone.
    Method("password", "Incorrect password. Check it and try again.", _has_password_alone, _verify_password),
]


def methods_of(user: User) -> list[Method]:
    """The ways in which a person can confirm without signing in again."""
    return [method for method in METHODS if method.is_available(user)]


def verify(user: User, fields: Mapping[str, str]) -> str | None:
    """Judge whether `fields` prove it by the method that they name (`method`): None if they do, else what to say.

    Count the attempt before this. In the caller's transaction, which uses a code up.
    """
    for method in methods_of(user):
        if method.key == fields.get("method"):
            return None if method.verify(user, fields) else method.wrong
    return "This way to confirm has changed. Open the page again."


def is_proved_by(user: User, proof: Proof) -> bool:
    """Whether someone who is signed in, and begins a new session with this proof, has proved again that it's them.

    A link of an invitation proves nothing: anyone who may invite people makes one. A password, or a link that sets
    one, does only for someone without a second factor.
    """
    if proof == "invitation":
        return False
    return proof not in {"password", "link"} or not status.has_any(user.id)


def choose_always(org_id: UUID, actor: Actor, *, always: bool) -> None:
    """Let an organization ask every time, or not. Locks it, in the caller's transaction."""
    organization = organizations.locked(org_id)
    if organization.confirms_always is not always:
        organization.confirms_always = always
        audit.record(org_id, actor, "organization.confirmations_chosen", organization.slug, always=always)


def is_recent(confirmed_at: datetime, organization: Organization | None, within: timedelta) -> bool:
    """Whether a confirmation still counts: for `within`, or shortly where the organization asks every time."""
    if organization is not None and organization.confirms_always:
        within = min(within, ALWAYS_WITHIN)
    return utc_now() - confirmed_at < within
