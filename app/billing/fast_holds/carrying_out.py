"""Operations on holds, one or many, in one transaction of two messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from copy import copy
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from app.billing.fast_holds import known_terms, reading, writing
from app.billing.fast_holds.deciding import NotPlainError, decide
from app.billing.fast_holds.operations import Done, Operation, Outcome
from app.billing.fast_holds.reading import Read
from app.billing.wallet import lock_queue
from app.billing.wallet.hold_refusals import HoldError
from app.database import fast
from app.database.messages import FastConnection


class Gate(Protocol):
    """Who calls: a token, whose row is read in the message that locks the wallets."""

    @property
    def token_id(self) -> UUID: ...

    @property
    def statement(self) -> str:
        """Reads the token's row, if there is one, with `parameters`."""

    @property
    def parameters(self) -> Mapping[str, str]: ...

    def admits(self, row: tuple[Any, ...] | None, at: datetime) -> Callable[[UUID], bool] | None:
        """Which organizations the caller may see, with the token as it is at `at`; None if the careful way has to say
        that."""


def carry_out(operations: Sequence[Operation], gate: Gate) -> list[Outcome]:
    """Do operations in their order, and commit; the outcome of each.

    After one of an organization's that the careful way has to decide, the rest of that organization's wait for it,
    without an outcome either. Locks the wallets in order of their ids. A repeated operation changes nothing, as with
    the careful way, so all may be sent again. Raises `WalletBusyError`, and `LockNotAvailable`, in which case nothing
    was done.
    """
    return fast.connections.get().run(lambda connection: _carry_out(connection, operations, gate))


def _carry_out(connection: FastConnection, operations: Sequence[Operation], gate: Gate) -> list[Outcome]:
    org_ids = {operation.org_id for operation in operations}
    known = known_terms.find(connection, org_ids, gate.token_id)
    asked = [operation for operation in operations if operation.org_id in known]
    if not asked:
        return [None] * len(operations)
    with ExitStack() as line:
        line.enter_context(lock_queue.in_line({operation.org_id for operation in asked}))
        of_token = gate.token_id, gate.statement, gate.parameters
        found = reading.read(connection, asked, known, of_token, line)
    may_see = gate.admits(found.token, found.at)
    if may_see is None:
        return [None] * len(operations)
    outcomes = _decide_all(operations, found, may_see)
    writing.write(connection, found.standings.values())
    for org_id in org_ids - found.standings.keys():
        known_terms.forget(org_id)
    return outcomes


def _decide_all(
    operations: Sequence[Operation], found: Read, may_see: Callable[[UUID], bool]
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    careful = {org_id for org_id in found.standings if not may_see(org_id)}
    for operation in operations:
        standing = found.standings.get(operation.org_id)
        outcome: Outcome = None
        if standing is not None and operation.org_id not in careful:
            try:
                # As it is now: a later operation may change it again.
                hold = copy(decide(standing, operation, found.at))
                outcome = Done(hold, standing.wallet.currency, found.at)
            except HoldError as error:
                outcome = error
            except NotPlainError:
                careful.add(operation.org_id)
        outcomes.append(outcome)
    return outcomes
