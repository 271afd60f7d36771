"""Which organizations code sees: one, as a rule. Two walls keep it so, also where a query forgets to ask for its own.

`OrgScoped`: while a session is scoped, every SELECT, UPDATE and DELETE that SQLAlchemy builds over such a table gets
`org_id = …` added, wherever in the statement the table stands. Beneath it the database's row-level security lets
every statement, raw SQL too, read and write rows of those organizations alone (`app.database.transactions`).

A session sees nothing until it is told what: `scope_to` for the rest of a request, `scoped_to` for a part of a task.
What has to see all organizations says why, by a `Reason`, in `seeing_all`: anyone who looks for it finds each place.
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
    """Why code sees all organizations. There is no other way to."""

    SIGN_IN = "sign_in"  # who someone is, and which organizations are theirs, isn't known before
    API_TOKEN = "api_token"  # noqa: S105, that a token was used is noted whosever it is
    PEOPLE = "people"  # a person belongs to several organizations, and an address to one person
    NAMES = "names"  # slugs and external ids are unique over all organizations
    CARDS = "cards"  # a card that was entered in one organization pays in no other
    REFUSED_EVENTS = (
        "refused_events"  # what one sender may leave is counted over all; some name no organization
    )
    STRIPE_EVENTS = "stripe_events"  # Stripe names customers and payments of its own, whosever they are
    PLATFORM_MESSAGES = "platform_messages"  # an endpoint is sent those of all, in their order
    RECONCILIATION = "reconciliation"  # compares all that Stripe has
    SWEEP = "sweep"  # finds what is due, or left by a killed process, wherever it is
    NIGHTLY = "nightly"  # checks the whole ledger, and removes what is old
    OPERATOR = "operator"  # commands
    READINESS = "readiness"  # counts what waits and what has failed
    DEV_MAIL = "dev_mail"  # the demo's mails; not there in production
    DEMO = "demo"  # demo data, the simulator, benchmarks
    TESTS = "tests"


class OrgScoped:
    """A table whose rows belong to one organization; `org_id` leads its primary key."""

    org_id: Mapped[OrgKey] = mapped_column()


def scope_to(session: Session, *org_ids: UUID) -> None:
    """Let `session` see rows of these organizations only, from now on, in the transaction that is running too.

    What was changed so far is written first, by what the session saw until now.
    """
    _see(session, ",".join(str(org_id) for org_id in org_ids), org_ids)


def see_all(session: Session, reason: Reason) -> None:
    """Let `session` see the rows of all organizations from now on. Where a block will do, use `seeing_all`."""
    if not isinstance(reason, Reason):
        raise TypeError(f"{reason!r} is no reason to see all organizations.")
    _see(session, transactions.ALL, None)


@contextmanager
def scoped_to(*org_ids: UUID) -> Iterator[None]:
    """See rows of these organizations only, in the block; afterward what was seen before."""
    with _for_a_while() as session:
        scope_to(session, *org_ids)
        yield


@contextmanager
def seeing_all(reason: Reason) -> Iterator[None]:
    """See the rows of all organizations, in the block or in the function that this decorates."""
    with _for_a_while() as session:
        see_all(session, reason)
        yield


def carried_over(pieces: Iterator[T]) -> Iterator[T]:
    """See while `pieces` are made what is seen now: for what is sent after a request, in a later session."""
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
