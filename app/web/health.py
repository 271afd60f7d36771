"""Is the process up, and can it serve."""

from __future__ import annotations

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import csrf, db, limiter

blueprint = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    csrf.exempt(blueprint)
    limiter.exempt(blueprint)


@blueprint.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> tuple[dict[str, str], int]:
    """The database answers and is migrated to what this version needs; 503 with the reason otherwise."""
    try:
        found = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError:
        return {"status": "unavailable", "database": "can't be reached or was never migrated"}, 503
    wanted = newest_migration(current_app)
    if found != wanted:
        return {"status": "unavailable", "database": f"is at migration {found}, wants {wanted}"}, 503
    return {"status": "ready", "database": f"at migration {found}"}, 200


def newest_migration(app: Flask) -> str | None:
    """The migration that this version of the code wants the database to be at."""
    config = Config()
    config.set_main_option("script_location", app.extensions["migrate"].directory)
    return ScriptDirectory.from_config(config).get_current_head()
