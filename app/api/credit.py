"""`GET /organizations/{org_id}/credit`: the credit that is left, in lots."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api.amounts import Amount
from app.api.endpoints import Answer, Section
from app.api.organizations import organization_of
from app.billing.credit import lot_views
from app.billing.credit.lot_views import LotView
from app.models import LotKind
from app.people.tokens import Scope

section = Section("Credit", "What the wallet's credit consists of, and when it expires.")


class Lot(Struct, frozen=True):
    """Credit that came in together, of which `left` can still be used."""

    id: UUID
    kind: Annotated[
        LotKind, Meta(description="`paid` credit comes from top-ups; operators grant the other kinds.")
    ]
    note: str
    amount: Amount
    used: Annotated[Amount, Meta(description="What it has paid for, less what corrections returned.")]
    withdrawn: Annotated[Amount, Meta(description="By refunds and disputes of its own top-up.")]
    left: Annotated[
        Amount,
        Meta(description="Below zero only while a dispute is open that withdrew more than it brought."),
    ]
    granted_at: datetime
    expires_at: Annotated[datetime | None, Meta(description="Null if it doesn't expire.")]


class Credit(Struct, frozen=True):
    """The lots with credit left, in the order in which usage draws on them."""

    lots: list[Lot]
    unpaid: Annotated[
        Amount,
        Meta(description="Usage that no credit has paid for yet. The sum of `left` minus this is `posted`."),
    ]


_EXAMPLE = Credit(
    lots=[
        Lot(
            id=UUID("01932c07-a1b2-7c3d-8e4f-5a6b7c8d9e0f"),
            kind=LotKind.PROMOTIONAL,
            note="Launch offer",
            amount=Amount("25.000000", "USD"),
            used=Amount("6.600000", "USD"),
            withdrawn=Amount("0.000000", "USD"),
            left=Amount("18.400000", "USD"),
            granted_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
            expires_at=datetime(2027, 2, 1, 5, 0, tzinfo=UTC),
        )
    ],
    unpaid=Amount("0.000000", "USD"),
)


@section.get(
    "/organizations/<uuid:org_id>/credit",
    scope=Scope.TRANSFERS_READ,
    summary="Get credit in lots",
    answers=(Answer(200, "The credit that is left.", Credit, _EXAMPLE),),
)
def show_credit(org_id: UUID) -> Credit:
    """Promotional credit is used first, then goodwill, then paid credit; of a kind, what expires first.

    For whether calls may start, get the status: this is for showing what credit consists of.
    """
    found = lot_views.gather(organization_of(org_id))
    return Credit([_lot(lot) for lot in found.lots], Amount.of(found.unpaid))


def _lot(lot: LotView) -> Lot:
    return Lot(
        id=lot.id,
        kind=lot.kind,
        note=lot.note,
        amount=Amount.of(lot.amount),
        used=Amount.of(lot.used),
        withdrawn=Amount.of(lot.withdrawn),
        left=Amount.of(lot.left),
        granted_at=lot.granted_at,
        expires_at=lot.expires_at,
    )
