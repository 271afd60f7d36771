"""Organizations, people, and their memberships."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import FetchedValue, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utc_now
from app.extensions import Base
from app.ids import uuid7
from app.language import DEFAULT, LOCALES
from app.models.columns import Created, Id, Json, When, Words, enum_type
from app.models.scope import OrgScoped


class Role(StrEnum):
    ORG_ADMIN = "org_admin"
    MEMBER = "member"


class Organization(Base):
    """A customer of Voice Portal. `currency` never changes: the whole ledger is in it.

    `billing_emails` get billing emails; if empty, the owners do. `former_customer_ids` are its customers that were
    deleted at Stripe: their payments are still its own. `external_id` is the platform's other id for it, to look it
    up. `default_cards_told` are the cards that Stripe may have as the default because we sent them: any other was
    chosen there. `requires_second_factor`: people without one see nothing of it until they have set one up.
    `confirms_always`: its owners confirm who they are before every change that asks for it. `name_key` is its name in
    lower case, to find it by; a trigger fills it in.
    """

    __tablename__ = "organization"
    __table_args__ = (Index("ix_organization_name_key", "name_key", "id"),)

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[Words]
    name_key: Mapped[str | None] = mapped_column(Text(collation="C"), FetchedValue(), deferred=True)
    currency: Mapped[str] = mapped_column(String(3))
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    stripe_customer_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    former_customer_ids: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    default_cards_told: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    billing_emails: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    external_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    requires_second_factor: Mapped[bool] = mapped_column(default=False, server_default="false")
    confirms_always: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_at: Mapped[Created]

    def has_customer(self, customer_id: str | None) -> bool:
        """Whether a customer of Stripe's is, or was, this organization."""
        return customer_id is not None and customer_id in {self.stripe_customer_id, *self.former_customer_ids}

    def local_day(self, at: datetime | None = None) -> date:
        """The calendar day of `at`, or of now, in the organization's own zone."""
        return (at or utc_now()).astimezone(ZoneInfo(self.timezone)).date()


class User(Base):
    """A person. `password_hash` is empty until they accept their invitation; `password_set_at` is when it was last
    set, unknown for those set before that was stored. `language` is the locale that they chose, None for their
    browser's; `browser_language` is what that one asked for when they last signed in. `shortcuts` are their keys by
    action, where they differ from the usual ones (`app.people.shortcuts`). `email_key` is the address in lower case,
    to find them by: under row-level security no index serves `lower(email)`. A trigger fills it in."""

    __tablename__ = "user"
    __table_args__ = (
        Index("uq_user_email_lower", text("lower(email)"), unique=True),
        Index("ix_user_email_key", "email_key"),
    )

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(Text(collation="C"), FetchedValue(), deferred=True)
    name: Mapped[Words]
    password_hash: Mapped[str | None] = mapped_column(Text)
    password_set_at: Mapped[When | None]
    language: Mapped[str | None] = mapped_column(String(20))
    browser_language: Mapped[str | None] = mapped_column(String(20))
    shortcuts: Mapped[Json | None] = mapped_column(JSONB(none_as_null=True))
    shortcuts_off: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_at: Mapped[Created]

    @property
    def reading_locale(self) -> str:
        """The locale that they read in when they aren't there to ask: what they chose, else their browser's, else the
        default."""
        return next((one for one in (self.language, self.browser_language) if one in LOCALES), DEFAULT)


class Membership(OrgScoped, Base):
    """A person's role in an organization. `identity_id`: it was given by the issuer of that identity, and counts only
    in sessions that began with it; None if it was given here."""

    __tablename__ = "membership"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)
    role: Mapped[Role] = mapped_column(enum_type(Role))
    identity_id: Mapped[UUID | None] = mapped_column(ForeignKey("external_identity.id"))


class SignInSession(Base):
    """One signed-in browser. The cookie holds the token; only its hash is stored, so a leaked table gives no
    access. `id` names it on pages. `device` (in words) and `address` are those of its last use. `confirmed_at` is
    when the person last proved that it's them, None for when they signed in. `identity_id` is who they signed in as
    at an identity provider, if they did; `used_external_factor`: they used a second factor there. With `ends_at` the
    shell began it, for this organization only, and it ends then unless the shell renews it."""

    __tablename__ = "sign_in_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    id: Mapped[UUID] = mapped_column(default=uuid7, server_default=text("gen_random_uuid()"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    org_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    created_at: Mapped[When]
    seen_at: Mapped[When]
    device: Mapped[str | None] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(String(64))
    confirmed_at: Mapped[When | None]
    identity_id: Mapped[UUID | None] = mapped_column(ForeignKey("external_identity.id"))
    used_external_factor: Mapped[bool] = mapped_column(default=False, server_default="false")
    ends_at: Mapped[When | None]


class AuditEvent(OrgScoped, Base):
    """Who did what, when, from which address."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_at", "org_id", "at", "id"),)

    id: Mapped[Id]
    at: Mapped[Created]
    actor: Mapped[Words]
    user_id: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(255))
    address: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[Json] = mapped_column(JSONB, default=dict)
