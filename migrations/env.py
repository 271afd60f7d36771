"""How migrations run: on the application's own engine, each in a transaction."""

from alembic import context
from flask import current_app

from app import models  # noqa: F401, so that autogenerate sees every table
from app.extensions import db


def is_ours(name, type_, _parents):
    """Leave alone the queue's tables, which bring their own SQL, and the partitions of a table, which come and go."""
    return not (type_ == "table" and name.startswith(("procrastinate_", "usage_event_")))


with current_app.app_context(), db.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_name=is_ours,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
