"""Request and response bodies of batches of operations on holds."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from app.api.hold_bodies import HoldView, Key, NewHold, NextSlice

MOST = 500
"""How many operations a batch has at most."""

_Whose = Annotated[UUID, Meta(description="The organization's id.")]


class ReserveOperation(
    NewHold, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="op", tag="reserve"
):
    """Reserve credit for a call, as `POST …/holds` does."""

    organization: _Whose


class RenewOperation(
    NextSlice, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="op", tag="renew"
):
    """Renew a hold for the next minutes, as `POST …/renewals` does."""

    organization: _Whose
    key: Key


class CaptureOperation(
    Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="op", tag="capture"
):
    """Capture a hold: the call has ended."""

    organization: _Whose
    key: Key


class ReleaseOperation(
    Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="op", tag="release"
):
    """Release a hold: there was no call."""

    organization: _Whose
    key: Key


HoldOperation = ReserveOperation | RenewOperation | CaptureOperation | ReleaseOperation


class HoldBatch(Struct, frozen=True, forbid_unknown_fields=True):
    """Operations on holds of any organizations, in their order."""

    operations: Annotated[list[HoldOperation], Meta(min_length=1, max_length=MOST)]


class OperationResult(Struct, frozen=True):
    """What the response to the operation would be if it was a request of its own: a hold, or a problem."""

    status: Annotated[int, Meta(description="The HTTP status.", examples=[200])]
    hold: HoldView | None
    problem: Annotated[
        dict[str, Any] | None,
        Meta(description="Problem details with the members of their type; null if the status is 200."),
    ]


class HoldBatchView(Struct, frozen=True):
    """The results, in the order of the operations."""

    results: list[OperationResult]
