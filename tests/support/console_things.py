"""Things that operators act on, each of an organization's own or with a name of its own: others may have some, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import uuid4

from app.billing.platform import endpoints, messages
from app.clock import utc_now
from app.database.locks import AlreadyRunningError, alone
from app.extensions import db
from app.models import DeliveryState, EventState, MailState, Organization, PlatformDelivery, StripeEvent
from app.reconciliation import findings
from app.transaction import transaction
from tests.cli.test_mail_commands import a_mail
from tests.factories import usd
from tests.support.waiting import wait_until


def a_failed_email(organization: Organization) -> str:
    """An email that its recipient doesn't have; where its page is."""
    mail = a_mail(organization, state=MailState.FAILED)
    return f"/operator/organizations/{organization.id}/emails/{mail.id}"


def a_sent_email(organization: Organization) -> str:
    """An email that everyone has; where its page is."""
    mail = a_mail(organization, state=MailState.SENT)
    mail.sent_at, mail.delivered_to = utc_now(), ["owner@harbor.example"]
    db.session.commit()
    return f"/operator/organizations/{organization.id}/emails/{mail.id}"


def a_failed_message(organization: Organization) -> str:
    """A message that an endpoint in use, at which no one answers, didn't take; where its page is. See `no_endpoints`."""
    endpoint, _ = endpoints.add("http://127.0.0.1:9/events")
    messages.topped_up(
        organization.id, top_up_id=uuid4(), credited=usd("5"), available=usd("5"), at=utc_now()
    )
    db.session.flush()
    found = db.select(PlatformDelivery).filter_by(org_id=organization.id, endpoint_id=endpoint.id)
    row = db.session.scalars(found).one()
    row.state = DeliveryState.FAILED
    db.session.commit()
    return f"/operator/organizations/{organization.id}/messages/{row.message_id}"


def no_endpoints() -> None:
    """Send nothing to anyone any more."""
    db.session.rollback()
    for one in endpoints.list_active():
        endpoints.disable(one.id)
    db.session.commit()


def a_failed_event() -> str:
    """An event of Stripe's that couldn't be handled; its id."""
    event = StripeEvent(
        id=f"evt_{uuid4().hex}",
        type="charge.refunded",
        object_id="ch_none",
        created_at=utc_now(),
        state=EventState.FAILED,
        note="No such charge: 'ch_none'",
    )
    db.session.add(event)
    db.session.commit()
    return str(event.id)


@contextmanager
def uncompared() -> Iterator[None]:
    """Meanwhile the running product compares nothing with Stripe, so that no finding is gone by itself."""
    with ExitStack() as stack:

        def is_alone() -> bool:
            try:
                stack.enter_context(alone(db.engine, "reconciliation"))
            except AlreadyRunningError:
                return False
            return True

        wait_until(is_alone, "A comparison with Stripe doesn't end.")
        yield


def a_finding(organization: Organization | None = None) -> str:
    """A finding of reconciliation that no one has acknowledged, about an organization's customer if there is one; its
    object."""
    object_ = organization.stripe_customer_id if organization is not None else None
    object_ = object_ or f"pi_{uuid4().hex}"
    with transaction():
        findings.record({object_: "Paid at Stripe, and not here."}, is_everything=False)
    return object_
