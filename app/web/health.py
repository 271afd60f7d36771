"""Health checks: is the process up, and can it serve requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.clock import what_is_off
from app.database import roles
from app.extensions import csrf, db, limiter
from app.models.scope import Reason, seeing_all

blueprint = Blueprint("health", __name__)
_DETAILS = "health_details"
_WARNINGS = "health_warnings"


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    csrf.exempt(blueprint)
    limiter.exempt(blueprint)


@blueprint.get("/healthz")
def healthz() -> dict[str, str]:
    """The process responds."""
    return {"status": "ok"}


def add_detail(app: Flask, name: str, get_status: Callable[[], dict[str, Any]]) -> None:
    """Add details for operators to `/readyz`. They don't affect whether the process is ready."""
    app.extensions.setdefault(_DETAILS, {})[name] = get_status


def add_warning(app: Flask, name: str, get_text: Callable[[], str | None]) -> None:
    """Let `/readyz` name what is set up wrong while it is; the process is ready nevertheless."""
    app.extensions.setdefault(_WARNINGS, {})[name] = get_text


@blueprint.get("/readyz")
def readyz() -> tuple[dict[str, Any], int]:
    """The database responds, has this version's migration, isolates organizations for this process's role, and the
    process's clock is right; otherwise 503 with the reason."""
    try:
        found = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
        role = roles.what_is_wrong(db.session.connection())
    except SQLAlchemyError:
        return {
            "status": "unavailable",
            "database": "can't be reached, was never migrated, or `flask db upgrade` gave this role no rights",
        }, 503
    wanted = newest_migration(current_app)
    if found != wanted:
        return {"status": "unavailable", "database": f"is at migration {found}, wants {wanted}"}, 503
    if role is not None and current_app.config["SETTINGS"].is_production:
        return {"status": "unavailable", "database": f"DATABASE_URL {role}"}, 503
    if (clock := what_is_off()) is not None:
        return {"status": "unavailable", "clock": f"this process's clock {clock}"}, 503
    details = {"status": "ready", "database": f"at migration {found}", **_details(), **_warnings()}
    return details | ({"role": f"DATABASE_URL {role}"} if role is not None else {}), 200


@seeing_all(Reason.READINESS)
def _details() -> dict[str, Any]:
    details: dict[str, Any] = {}
    for name, get_status in current_app.extensions.get(_DETAILS, {}).items():
        try:
            details[name] = get_status()
        except SQLAlchemyError:
            db.session.rollback()
            details[name] = "unknown"
    return details


def _warnings() -> dict[str, Any]:
    asked = {name: get_text() for name, get_text in current_app.extensions.get(_WARNINGS, {}).items()}
    found = {name: text for name, text in asked.items() if text is not None}
    return {"warnings": found} if found else {}


def newest_migration(app: Flask) -> str | None:
    """The migration that this version of the code requires."""
    return newest_migration_in(app.extensions["migrate"].directory)


def newest_migration_in(folder: str) -> str | None:
    """The newest migration in a folder."""
    config = Config()
    config.set_main_option("script_location", folder)
    return ScriptDirectory.from_config(config).get_current_head()
