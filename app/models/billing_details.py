"""Who is billed."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import Words
from app.models.scope import OrgScoped


class BillingDetails(OrgScoped, Base):
    """The billing details on invoices and statements; empty if not given. `country` is its ISO 3166 code, and
    `tax_kind` Stripe's name of the type. `version` counts the changes, so that concurrent edits are detected."""

    __tablename__ = "billing_details"

    legal_name: Mapped[Words] = mapped_column(default="", server_default="")
    line1: Mapped[Words] = mapped_column(default="", server_default="")
    line2: Mapped[Words] = mapped_column(default="", server_default="")
    city: Mapped[Words] = mapped_column(default="", server_default="")
    region: Mapped[Words] = mapped_column(default="", server_default="")
    postal_code: Mapped[Words] = mapped_column(default="", server_default="")
    country: Mapped[str] = mapped_column(String(2), default="", server_default="")
    tax_kind: Mapped[str] = mapped_column(String(20), default="", server_default="")
    tax_id: Mapped[str] = mapped_column(String(40), default="", server_default="")
    purchase_order: Mapped[Words] = mapped_column(default="", server_default="")
    version: Mapped[int] = mapped_column(default=0)
