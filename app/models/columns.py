"""Column types and defaults that the tables share."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Enum, ForeignKey, Text
from sqlalchemy.orm import mapped_column

from app.clock import utc_now
from app.ids import uuid7


def enum_type(enum: type[StrEnum], name: str = "") -> Enum:
    """Stores a StrEnum as its text, checked by the database with a constraint of this `name`."""
    return Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name or enum.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


Id = Annotated[UUID, mapped_column(primary_key=True, default=uuid7)]
OrgKey = Annotated[UUID, mapped_column(ForeignKey("organization.id"), primary_key=True, sort_order=-1)]
"""An organization's id as the first part of a table's primary key."""
Micro = Annotated[int, mapped_column(BigInteger)]
"""An amount in micro-units."""
When = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), default=utc_now)]
Words = Annotated[str, mapped_column(Text)]
Json = dict[str, Any]
