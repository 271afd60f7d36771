"""`GET /organizations/{org_id}/transfers`: the ledger, newest first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api.amounts import Amount
from app.api.endpoints import Answer, Reply, Section
from app.api.organizations import organization_of
from app.api.queries import PageQuery, next_page, wrong_cursor
from app.billing.wallet import transfers
from app.models import AccountName, Transfer, TransferKind
from app.money import Money
from app.people.tokens import Scope

section = Section("Ledger", "Every movement of credit, as posted. Transfers are never changed.")


class TransferView(Struct, frozen=True):
    """One transfer: `amount` moved from the account `debit` to the account `credit`."""

    id: UUID
    seq: Annotated[int, Meta(description="Sequence number among the organization's transfers, without gaps.")]
    kind: TransferKind
    source: Annotated[str, Meta(description="What caused it; unique within its kind.")]
    debit: AccountName
    credit: AccountName
    amount: Amount
    balance_after: Annotated[Amount, Meta(description="The wallet's posted balance after this transfer.")]
    posted_at: datetime


class TransferPage(Struct, frozen=True):
    """A page of transfers, newest first."""

    items: list[TransferView]
    next: Annotated[str | None, Meta(description="The address of the next page; null on the last page.")]


_EXAMPLE = TransferPage(
    items=[
        TransferView(
            id=UUID("01932c07-a1b2-7c3d-8e4f-5a6b7c8d9e0f"),
            seq=412,
            kind=TransferKind.TOP_UP,
            source="pi_3QOxYz",
            debit=AccountName.STRIPE,
            credit=AccountName.WALLET,
            amount=Amount("50.000000", "USD"),
            balance_after=Amount("61.204350", "USD"),
            posted_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        )
    ],
    next="/api/v1/organizations/01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90/transfers?limit=50&cursor=NDEy",
)


@section.get(
    "/organizations/<uuid:org_id>/transfers",
    scope=Scope.TRANSFERS_READ,
    summary="List transfers",
    query=PageQuery,
    answers=(
        Answer(200, "A page of transfers.", TransferPage, _EXAMPLE, {"Link": 'The next page, `rel="next"`.'}),
    ),
)
def list_transfers(org_id: UUID, query: PageQuery) -> Reply:
    """Follow `next` until it is null. New transfers are only added at the front, so earlier pages don't change."""
    organization = organization_of(org_id)
    after = query.after
    if after is not None and not (after.isdecimal() and len(after) <= 18):
        raise wrong_cursor()
    found = transfers.older_than(organization, int(after) if after else None, limit=query.limit + 1)
    shown = found[: query.limit]
    following, headers = next_page(str(shown[-1].seq) if len(found) > len(shown) else None)
    page = TransferPage([_view(one, organization.currency) for one in shown], following)
    return Reply(page, headers=headers)


def _view(transfer: Transfer, currency: str) -> TransferView:
    return TransferView(
        id=transfer.id,
        seq=transfer.seq,
        kind=transfer.kind,
        source=transfer.source,
        debit=transfer.debit,
        credit=transfer.credit,
        amount=Amount.of(Money(transfer.amount_micro, currency)),
        balance_after=Amount.of(Money(transfer.balance_after_micro, currency)),
        posted_at=transfer.posted_at,
    )
