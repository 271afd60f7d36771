"""What must hold after every story about money."""

from __future__ import annotations

from app.billing.wallet import ledger, verification
from app.extensions import db
from app.models import Organization, TopUp, Transfer, TransferKind
from tests.support.sandbox import Sandbox


def credited(organization: Organization) -> list[int]:
    """The top-ups in the ledger, in dollars, in order."""
    db.session.rollback()
    query = (
        db.select(Transfer).filter_by(org_id=organization.id, kind=TransferKind.TOP_UP).order_by(Transfer.seq)
    )
    return [transfer.amount_micro // 1_000_000 for transfer in db.session.scalars(query)]


def assert_ledger_matches(organization: Organization, sandbox: Sandbox) -> None:
    """The ledger is right in itself, and has exactly what the stand-in charged."""
    db.session.rollback()
    assert verification.check() == []
    charged = sorted(charge.amount for charge in sandbox.charges())
    query = db.select(Transfer).filter_by(org_id=organization.id, kind=TransferKind.TOP_UP)
    posted = sorted(transfer.amount_micro // 10_000 for transfer in db.session.scalars(query))
    assert posted == charged


def balance(organization: Organization) -> str:
    """The posted balance, like `50.00`."""
    db.session.rollback()
    found = str(ledger.lock(organization.id).posted.decimal)
    db.session.rollback()
    return found


def the_top_up(organization: Organization) -> TopUp:
    """The organization's only top-up, as it is now."""
    db.session.rollback()
    query = db.select(TopUp).filter_by(org_id=organization.id)
    found: TopUp = db.session.execute(query, execution_options={"populate_existing": True}).scalar_one()
    return found
