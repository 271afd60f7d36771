"""The months of a wallet, a line each."""

from __future__ import annotations

from flask import Flask

from app.billing import statements
from app.models import TransferKind
from app.months import Month
from tests.factories import an_organization, at, usd
from tests.support.moving import post, use


def test_a_line_is_what_its_statement_says(app: Flask) -> None:
    organization = an_organization()
    post(organization, TransferKind.TOP_UP, usd("50"), at("2026-07-20 12:00"))
    use(organization, 100_001, at("2026-07-21 08:00"))
    # Nothing in August.
    post(organization, TransferKind.REFUND, usd("3"), at("2026-09-03 12:00"), out=True)
    found = {str(line.month): line for line in statements.list_months(organization)}
    assert list(found)[-3:] == ["2026-09", "2026-08", "2026-07"]
    for text, line in found.items():
        month = Month.parse(text)
        assert month
        whole = statements.gather(organization, month)
        assert (line.opening, line.added, line.used, line.closing, line.is_open) == (
            whole.opening,
            whole.added,
            whole.used,
            whole.closing,
            whole.is_open,
        )
    august = found["2026-08"]
    assert august.opening == august.closing == usd("50") - found["2026-07"].used
    assert found["2026-09"].added == usd("-3")


def test_a_wallet_without_transactions_has_no_months(app: Flask) -> None:
    assert statements.list_months(an_organization()) == []
