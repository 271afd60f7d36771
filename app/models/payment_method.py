"""The cards that pay for top-ups and plans."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.language import gettext
from app.models.columns import Created, Id
from app.models.scope import OrgScoped

_BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}

_ENDING = " ending in "


class PaymentMethod(OrgScoped, Base):
    """A card, as Stripe describes it. `removed_at` is set once it is detached; its top-ups still refer to it.

    `is_kept` is false for a card that was entered for one top-up only: it only pays that one and is never listed.
    `failing_since` and `failing_code` are set after a final decline, until the card works again. `replaced_by` is the
    row of the same card, saved again later: Stripe creates a new payment method each time.
    """

    __tablename__ = "payment_method"
    __table_args__ = (
        UniqueConstraint("org_id", "stripe_id"),
        Index("ix_payment_method_stripe_id", "stripe_id"),
        Index(
            "uq_payment_method_default",
            "org_id",
            unique=True,
            postgresql_where=text("is_default AND removed_at IS NULL"),
        ),
        ForeignKeyConstraint(["org_id", "replaced_by"], ["payment_method.org_id", "payment_method.id"]),
    )

    id: Mapped[Id]
    stripe_id: Mapped[str] = mapped_column(String(255))
    brand: Mapped[str] = mapped_column(String(40))
    last4: Mapped[str] = mapped_column(String(4))
    exp_month: Mapped[int]
    exp_year: Mapped[int]
    fingerprint: Mapped[str | None] = mapped_column(String(255))
    is_default: Mapped[bool] = mapped_column(default=False)
    is_kept: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    failing_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    failing_code: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[Created]
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    replaced_by: Mapped[UUID | None]

    @property
    def brand_label(self) -> str:
        return _brand_label(self.brand)

    @property
    def label(self) -> str:
        """A card's name as records keep it, in English: `Visa ending in 4242`. People read `card_name` of it."""
        return card_label(self.brand, self.last4)


def card_label(brand: str, last4: str) -> str:
    """The label of a card whose row is not loaded."""
    return f"{_brand_label(brand)}{_ENDING}{last4}"


def card_name(label: str) -> str:
    """A card's name in the reader's language, from the label that records keep; anything else stays as it is."""
    brand, ending, last4 = label.rpartition(_ENDING)
    return gettext("%(brand)s ending in %(last4)s", brand=brand, last4=last4) if ending else label


def _brand_label(brand: str) -> str:
    return _BRANDS.get(brand, brand.replace("_", " ").title())
