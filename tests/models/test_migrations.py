"""Migrations run on a database with data, and back."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from app import create_app
from app.extensions import db
from app.web.health import newest_migration
from config import Settings
from dev.testing import create_database, drop_database, migrate
from tests.factories import an_organization


def test_migrations_go_down_and_up_again_with_data_in_the_tables(process_name: str) -> None:
    name = f"migrations_{process_name}"
    url = create_database(name)
    migrate(url)
    app = create_app(
        Settings.from_environment({"APP_ENV": "test", "DATABASE_URL": url, "LOG_LEVEL": "ERROR"})
    )
    with app.app_context():
        an_organization(credit="10")
        db.session.remove()
        downgrade(revision="base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
        left = db.session.scalar(
            text("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        )
        assert left == 0
        db.session.remove()
        upgrade()
        assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == newest_migration(app)
        db.session.remove()
        db.engine.dispose()
    drop_database(name)


def test_the_models_and_the_migrations_say_the_same(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, result.output
