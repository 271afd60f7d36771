"""What concerns a person's account, in the audit trail of each organization that the account opens."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from app.billing import audit
from app.billing.audit import Action, Actor
from app.extensions import db
from app.models import User
from app.models.scope import Reason, seeing_all
from app.people import memberships
from app.people.organizations import find_user

Proof = Literal["password", "code", "recovery_code", "passkey", "link", "invitation", "provider", "shell"]
"""What someone who signs in has proved who they are with; `code` and `recovery_code` after the password, or after an
identity provider signed them in."""


@seeing_all(Reason.PEOPLE)
def record(user: User, actor: Actor, action: Action, *, only: UUID | None = None, **details: Any) -> None:
    """Add an entry about the person to the trail of each of their organizations, or of `only` the one that it
    concerns. In the caller's transaction."""
    db.session.flush()
    for membership in memberships.list_for_person(user.id):
        if only is not None and membership.org_id != only:
            continue
        audit.record(membership.org_id, actor, action, user.email, **details)


def note_failed_sign_in(email: str, address: str | None, attempts: int, entry_id: UUID) -> None:
    """Record how many attempts failed in an hour, if someone has the address. Repeating it changes nothing."""
    user = find_user(email)
    if user is None:
        return
    actor = Actor(audit.SIGN_IN_PAGE, address=address)
    for membership in memberships.list_for_person(user.id):
        audit.record_once(
            entry_id, membership.org_id, actor, "user.sign_in_failed", user.email, attempts=attempts
        )
