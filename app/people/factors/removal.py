"""Removing a factor of one's own: never the last one while an organization requires one."""

from __future__ import annotations

from uuid import UUID

from app.billing.audit import Actor
from app.extensions import db
from app.language import gettext
from app.models import User
from app.models.scope import Reason, seeing_all
from app.people.factors import authenticator_apps, changes, passkeys, recovery_codes, requirement, status
from app.people.organizations import PeopleError


class LastFactorError(PeopleError):
    """An organization requires a second factor, and this is the person's last one."""

    def __init__(self, organization: str) -> None:
        super().__init__(
            gettext(
                "%(organization)s requires a second factor. Add another one before you remove this.",
                organization=organization,
            )
        )


@seeing_all(Reason.PEOPLE)
def remove_passkey(user: User, passkey_id: UUID, actor: Actor) -> bool:
    """Remove a passkey; False if it isn't there. In the caller's transaction; locks the person.

    Raises `LastFactorError`.
    """
    changes.lock(user.id)
    found = passkeys.find(user.id, passkey_id)
    if found is None:
        return False
    _check_not_last(user)
    db.session.delete(found)
    db.session.flush()
    _remove_useless_codes(user)
    changes.record(user, actor, "passkey_removed", name=found.name)
    return True


@seeing_all(Reason.PEOPLE)
def remove_app(user: User, actor: Actor) -> bool:
    """Remove the authenticator app, as `remove_passkey`."""
    changes.lock(user.id)
    if authenticator_apps.find(user.id) is None:
        return False
    _check_not_last(user)
    authenticator_apps.remove(user.id)
    _remove_useless_codes(user)
    changes.record(user, actor, "app_removed")
    return True


def _check_not_last(user: User) -> None:
    if status.gather(user.id).count == 1 and (names := requirement.requiring(user.id)):
        raise LastFactorError(names[0])


def _remove_useless_codes(user: User) -> None:
    if not status.has_any(user.id):
        recovery_codes.remove(user.id)
