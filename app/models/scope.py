"""Which organizations code sees: normally one. Two layers enforce that, even if a query forgets to filter.

`OrgScoped`: while a session is scoped, every SELECT, UPDATE and DELETE that SQLAlchemy builds over such a table gets
`org_id = …` added, wherever in the statement the table occurs. Below that, the database's row-level security lets
every statement, even raw SQL, read and write only rows of those organizations (`app.database.transactions`).

A session sees nothing until it is scoped: `scope_to` for the rest of a request, `scoped_to` for a block. Code that
has to see all organizations gives a `Reason` to `seeing_all`, which makes each place easy to find.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

from app.database import transactions
from app.extensions import db
from app.models.columns import OrgKey

T = TypeVar("T")

_IDS = "org_ids"


class Reason(StrEnum):
    """Why code sees all organizations. A reason is required."""

    SIGN_IN = "sign_in"  # the person and their organizations aren't known yet
    API_TOKEN = "api_token"  # noqa: S105, that a token was used is noted whosever it is
    PEOPLE = "people"  # a person belongs to several organizations, and an address to one person
    NAMES = "names"  # slugs and external ids are unique over all organizations
    CARDS = "cards"  # a card entered in one organization must not pay in another
    REFUSED_EVENTS = "refused_events"  # the limit per sender covers all organizations; some events name none
    STRIPE_EVENTS = "stripe_events"  # Stripe's ids of customers and payments don't say whose they are
    PLATFORM_MESSAGES = "platform_messages"  # an endpoint gets the messages of all organizations, in order
    RECONCILIATION = "reconciliation"  # compares everything at Stripe
    SWEEP = "sweep"  # finds what is due, or left behind by a killed process
    NIGHTLY = "nightly"  # checks the whole ledger, and deletes old data
    OPERATOR = "operator"  # commands
    CONSOLE = "console"  # operators sign in, and find an organization: what follows sees that one only
    READINESS = "readiness"  # counts waiting and failed work
    DEV_MAIL = "dev_mail"  # the demo's emails; not in production
    DEMO = "demo"  # demo data, the simulator, benchmarks
    TESTS = "tests"


class OrgScoped:
    """A table whose rows belong to one organization; `org_id` leads its primary key."""

    org_id: Mapped[OrgKey] = mapped_column()


def scope_to(session: Session, *org_ids: UUID) -> None:
    """Let `session` see only rows of these organizations from now on, including in the running transaction.

    Pending changes are flushed first, with the previous scope.
    """
    _see(session, ",".join(str(org_id) for org_id in org_ids), org_ids)


def see_all(session: Session, reason: Reason) -> None:
    """Let `session` see the rows of all organizations from now on. Prefer `seeing_all` with a block."""
    if not isinstance(reason, Reason):
        raise TypeError(f"{reason!r} is no reason to see all organizations.")
    _see(session, transactions.ALL, None)


@contextmanager
def scoped_to(*org_ids: UUID) -> Iterator[None]:
    """See only rows of these organizations within the block; the previous scope is restored afterward."""
    with _for_a_while() as session:
        scope_to(session, *org_ids)
        yield


@contextmanager
def seeing_all(reason: Reason) -> Iterator[None]:
    """See the rows of all organizations within the block or the decorated function."""
    with _for_a_while() as session:
        see_all(session, reason)
        yield


def carried_over(pieces: Iterator[T]) -> Iterator[T]:
    """Generate `pieces` with the current scope: for responses streamed after the request, in a later session."""
    session = db.session()
    seen = transactions.get_state(session).wanted, session.info.get(_IDS)

    def carried() -> Iterator[T]:
        with _for_a_while() as later:
            _see(later, *seen)
            yield from pieces

    return carried()


@contextmanager
def _for_a_while() -> Iterator[Session]:
    session = db.session()
    before = transactions.get_state(session).wanted, session.info.get(_IDS)
    try:
        yield session
    except BaseException:
        _see(session, *before, write=False)
        raise
    _see(session, *before)


def _see(
    session: Session, organizations: str, org_ids: tuple[UUID, ...] | None, *, write: bool = True
) -> None:
    if organizations == transactions.get_state(session).wanted:
        return
    if write and (session.new or session.dirty or session.deleted):
        session.flush()
    transactions.set_visible(session, organizations)
    session.info[_IDS] = org_ids


@event.listens_for(Session, "do_orm_execute")
def _add_scope(state: ORMExecuteState) -> None:
    org_ids: tuple[UUID, ...] | None = state.session.info.get(_IDS)
    if not org_ids or state.is_column_load or state.is_relationship_load:
        return
    if len(org_ids) == 1:
        org_id = org_ids[0]
        criteria = with_loader_criteria(OrgScoped, lambda cls: cls.org_id == org_id, include_aliases=True)
    else:
        criteria = with_loader_criteria(OrgScoped, lambda cls: cls.org_id.in_(org_ids), include_aliases=True)
    state.statement = state.statement.options(criteria)
