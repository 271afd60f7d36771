"""Usage: each event with its cost, and daily totals. Pages read the totals, never single events."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, LargeBinary, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.ids import uuid7
from app.models.columns import Created, Micro, When
from app.models.scope import OrgScoped

NO_ONE = UUID(int=0)
"""The organization of a rejected event that names none that exists."""


def _without_reference() -> Any:
    """An organization's id that the database doesn't check row by row: events are only ever written with their
    organization's wallet locked, and there are a thousand of them at a time."""
    return mapped_column(primary_key=True, sort_order=-1)


class UsageDigest(OrgScoped, Base):
    """What an event is deduplicated by: each source and id is recorded only once.

    A slim table next to the events, which are partitioned by time and so can't have this unique key. `key` is a
    digest of source and id (`app.billing.usage.keys`), `content` one of all else that was reported, to detect the
    same id with different content. Rows whose event is too old to be accepted at all are deleted.
    """

    __tablename__ = "usage_digest"
    __table_args__ = (
        Index("ix_usage_digest_at", "at", postgresql_using="brin", postgresql_with={"autosummarize": "true"}),
    )

    org_id: Mapped[UUID] = _without_reference()
    key: Mapped[UUID] = mapped_column(primary_key=True)
    content: Mapped[UUID]
    at: Mapped[When]


class UsageKey(OrgScoped, Base):
    """As `UsageDigest`, of the version before, which is the only one that writes it: a trigger notes it there. Its
    rows are deleted in time, and the table in a later version."""

    __tablename__ = "usage_key"
    __table_args__ = (Index("ix_usage_key_at", "at"),)

    org_id: Mapped[UUID] = _without_reference()
    source: Mapped[str] = mapped_column(String(255), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    at: Mapped[When]


class UsageEvent(OrgScoped, Base):
    """One rated usage event; it never changes. Partitioned by month of `at`. What is its key here is none of the
    database's: `UsageDigest` keeps events apart.

    `quantity` and the `billable`, `included` units are the meter's; a correction's are differences to what it
    corrects, and can be negative. `plan` and `version` name the rates. Events from before `direction` and `country`
    were sent have neither.
    """

    __tablename__ = "usage_event"
    __table_args__ = (
        Index("ix_usage_event_at", "org_id", "at", text("hashtextextended(event_id, 0)")),
        Index("ix_usage_event_call", "org_id", "call", postgresql_where=text("call IS NOT NULL")),
        Index("ix_usage_event_posted_at", "org_id", "posted_at"),
        Index(
            "ix_usage_event_corrects",
            "org_id",
            "corrects_source",
            "corrects_id",
            postgresql_where=text("corrects_id IS NOT NULL"),
        ),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    org_id: Mapped[UUID] = _without_reference()
    at: Mapped[When] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(255), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    posted_at: Mapped[When]
    meter: Mapped[str] = mapped_column(String(60))
    quantity: Mapped[int] = mapped_column(BigInteger)
    billable: Mapped[int] = mapped_column(BigInteger)
    included: Mapped[int] = mapped_column(BigInteger)
    amount_micro: Mapped[Micro]
    plan: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(60))
    call: Mapped[str | None] = mapped_column(String(255))
    campaign: Mapped[str | None] = mapped_column(String(255))
    agent: Mapped[str | None] = mapped_column(String(255))
    number: Mapped[str | None] = mapped_column(String(255))
    hold: Mapped[str | None] = mapped_column(String(255))
    corrects_source: Mapped[str | None] = mapped_column(String(255))
    corrects_id: Mapped[str | None] = mapped_column(String(255))
    direction: Mapped[str | None] = mapped_column(String(8))
    country: Mapped[str | None] = mapped_column(String(2))


class RejectedEvent(Base):
    """A rejected event as received, with the reason; it can be replayed once the cause is fixed.

    `org_id` is `NO_ONE` if the event named no organization of ours, so the table isn't scoped by organization.
    `token_id` sent it, and may report for `sender_org_id`: for all organizations if that is None, for none if it is
    `NO_ONE`. Events stored before senders were recorded have no token. `digest` is of the raw bytes.
    """

    __tablename__ = "rejected_event"
    __table_args__ = (
        Index("ix_rejected_event_waiting", "id", postgresql_where=text("replayed_at IS NULL")),
        Index(
            "uq_rejected_event_sent",
            "token_id",
            "digest",
            unique=True,
            postgresql_where=text("replayed_at IS NULL"),
        ),
        Index("ix_rejected_event_received_at", "received_at"),
    )

    org_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    received_at: Mapped[Created]
    token_id: Mapped[UUID | None]
    sender_org_id: Mapped[UUID | None]
    source: Mapped[str | None] = mapped_column(Text)
    event_id: Mapped[str | None] = mapped_column(Text)
    field: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)
    body: Mapped[Any] = mapped_column(JSONB)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    replayed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class UsageDaily(OrgScoped, Base):
    """Usage of one meter on one day by one campaign and agent.

    `day` is the day of use and `posted_on` that of posting, both in the organization's time zone, so that late usage
    is separate. Quantities are in the meter's own unit (seconds, messages, tokens), `included` what the plan's
    allowance covered of it. Corrections are separate rows: they can be negative, and are not part of the day's usage
    line.
    """

    __tablename__ = "usage_daily"
    __table_args__ = (Index("ix_usage_daily_posted", "org_id", "posted_on"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    meter: Mapped[str] = mapped_column(String(60), primary_key=True)
    campaign: Mapped[str] = mapped_column(String(255), primary_key=True, default="")
    agent: Mapped[str] = mapped_column(String(255), primary_key=True, default="")
    posted_on: Mapped[date] = mapped_column(primary_key=True)
    is_correction: Mapped[bool] = mapped_column(primary_key=True, default=False, server_default=text("false"))
    quantity: Mapped[int] = mapped_column(BigInteger)
    included: Mapped[int] = mapped_column(BigInteger)
    amount_micro: Mapped[Micro]


class UsageByMeter(OrgScoped, Base):
    """What `UsageDaily` says of one meter, whatever campaign and agent it was for. A trigger on that table keeps it.

    `day` is the day of use. Nothing checks its organization: that is the one of the rows that it adds up.
    """

    __tablename__ = "usage_by_meter"

    org_id: Mapped[UUID] = _without_reference()
    posted_on: Mapped[date] = mapped_column(primary_key=True)
    meter: Mapped[str] = mapped_column(String(60), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    is_correction: Mapped[bool] = mapped_column(primary_key=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    amount_micro: Mapped[Micro]


class UsageByName(OrgScoped, Base):
    """What `UsageDaily` says of one campaign or agent, which is its `kind`: what each group cost, and the units of
    calling. A trigger on that table keeps it, as `UsageByMeter`; and one on `UsageRollup` does of phone numbers."""

    __tablename__ = "usage_by_name"

    org_id: Mapped[UUID] = _without_reference()
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    posted_on: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    is_correction: Mapped[bool] = mapped_column(primary_key=True)
    calling_units: Mapped[int] = mapped_column(BigInteger)
    calling_micro: Mapped[Micro]
    telephony_micro: Mapped[Micro]
    models_micro: Mapped[Micro]


class Allowance(OrgScoped, Base):
    """How much of an allowance (`meter`: a pool of meters, or one meter) a billing period has used, and how many
    units of a meter were charged, which decides the next tier of its rate.

    `lines` are these charged units by rate, "version/plan", and its tiers."""

    __tablename__ = "allowance"

    period_start: Mapped[date] = mapped_column(primary_key=True)
    meter: Mapped[str] = mapped_column(String(60), primary_key=True)
    used: Mapped[int] = mapped_column(BigInteger)
    charged: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    lines: Mapped[dict[str, list[int]]] = mapped_column(JSONB, default=dict, server_default="{}")


class ResourceCount(OrgScoped, Base):
    """How many agents, phone numbers and so on an organization has, as the platform reports them; and, if reported,
    their `names`, oldest first."""

    __tablename__ = "resource_count"

    resource: Mapped[str] = mapped_column(String(60), primary_key=True)
    count: Mapped[int]
    names: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
