"""How migrations run: as the owner of the tables, each in a transaction; in the end the application gets its rights."""

import psycopg
from alembic import context
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import create_engine

from app import models  # noqa: F401, so that autogenerate sees every table
from app.database import roles
from app.extensions import db
from app.web.database import engine_options
from environ import SettingsError


def is_ours(name, type_, _parents):
    """Leave alone the queue's tables, which bring their own SQL, and the partitions of a table, which come and go."""
    return not (type_ == "table" and name.startswith(("procrastinate_", "usage_event_")))


settings = current_app.config["SETTINGS"]
try:
    engine = create_engine(settings.owner_url, **engine_options(settings))
    application = roles.name_of(settings.database_url)
except SettingsError as error:
    raise CommandError(str(error)) from error
except psycopg.OperationalError as error:
    problem = f"The role of DATABASE_URL can't connect: {error} {roles.HOW_TO_MAKE_ROLES}"
    raise CommandError(problem) from error
with current_app.app_context(), engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_name=is_ours,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    roles.grant(connection, application)
engine.dispose()
