"""Taking what an invoice of a subscription asks for."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.errors import ApiError
from stripe_sandbox.resources.billing import invoice_charging, invoice_lifecycle


def collect(
    call: Call, invoice: dict[str, Any], *, on_session: bool, scheduled: bool = False
) -> ApiError | None:
    """Pay an open invoice with the default card, or immediately where nothing is due. What went wrong, or None.

    `scheduled` is an attempt of the retry schedule. Raises 400 where there is no card.
    """
    if invoice["amount_due"] > 0:
        try:
            invoice_charging.charge(call, invoice, on_session=on_session, scheduled=scheduled)
        except ApiError as error:
            if not error.keeps_changes:
                raise
            return error
    invoice_lifecycle.paid(call, invoice, charged=invoice["amount_due"] > 0)
    return None


def refused(error: ApiError) -> ApiError:
    """The same error, of a call that leaves nothing behind."""
    error.keeps_changes = False
    return error
