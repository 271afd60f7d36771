"""An organization never sees another's data, not even when a query forgets to ask for its own.

While a session is scoped to an organization, every SELECT, UPDATE and DELETE that SQLAlchemy builds over a table
with `OrgScoped` gets `org_id = …` added, wherever in the statement the table stands.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

from app.models.columns import OrgKey

SCOPE = "org_id"


class OrgScoped:
    """A table whose rows belong to one organization; `org_id` leads its primary key."""

    org_id: Mapped[OrgKey] = mapped_column()


def scope_to(session: Session, org_id: UUID) -> None:
    """Let `session` see rows of this organization only, until it is closed or `unscope` is called."""
    session.info[SCOPE] = org_id


def unscope(session: Session) -> None:
    """Let `session` see all organizations again: for jobs and commands that work across them."""
    session.info.pop(SCOPE, None)


@event.listens_for(Session, "do_orm_execute")
def _add_scope(state: ORMExecuteState) -> None:
    org_id = state.session.info.get(SCOPE)
    if org_id is None or state.is_column_load or state.is_relationship_load:
        return
    state.statement = state.statement.options(
        with_loader_criteria(OrgScoped, lambda cls: cls.org_id == org_id, include_aliases=True)
    )
