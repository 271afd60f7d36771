"""Changes of who gets billing email, told to those who got it before and to all owners.

Who changes the recipients decides who learns of the next charge. So the people who could object are told: the
recipients until now, also those that were removed, and the owners. Each of them gets an email of their own. A
recipient who was added gets none, so that no one can make us write to an address that isn't theirs.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.billing import audit
from app.billing.audit import Actor
from app.billing.mail import notices, recipients
from app.clock import utc_now
from app.models import Organization
from app.notify.emails import RecipientsChanged


def record(organization: Organization, before: Sequence[str], actor: Actor, *, version: int) -> None:
    """Record that recipients have changed from `before` to those that are set now, and notify everyone concerned.

    In the caller's transaction. An empty list means the owners. `version` is that of the details, which only grows,
    so that each change is an email of its own. The same addresses in another order are no change.
    """
    after = list(organization.billing_emails)
    if _folded(before) == _folded(after):
        return
    audit.record(
        organization.id,
        actor,
        "organization.recipients_set",
        organization.slug,
        before=list(before),
        emails=after,
    )
    email = RecipientsChanged(
        before=list(before),
        after=after,
        by=audit.display_name(actor.name),
        address=actor.address,
        at=utc_now(),
    )
    for address in recipients.each_once([*before, *recipients.owner_emails(organization.id)]):
        notices.personal(organization.id, email, to=address, source=f"{version}:{address.lower()}")


def _folded(addresses: Sequence[str]) -> set[str]:
    return {address.lower() for address in addresses}
