"""Commands talk to their own demo, say what they are connected to, and touch no other demo's stand-in."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import Result
from flask import Flask

import demo_notes
from app.cli import connected
from app.extensions import db
from config import Settings
from demo.application import create_app
from dev.database_roles import Addresses
from environ import SettingsError
from stripe_sandbox.testing import Process, running
from tests.support.database import empty, inside
from tests.support.sandbox import WEBHOOK_SECRET


@contextmanager
def a_demo(folder: Path, **notes: str) -> Iterator[Path]:
    """What a running demo has in its folder."""
    folder.mkdir()
    demo_notes.leave(folder, **notes)
    with (folder / demo_notes.LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


@contextmanager
def commands_of(folder: Path, **environment: str) -> Iterator[Flask]:
    """The application as the `flask` command of a checkout makes it."""
    app = create_app(Settings.from_environment({"LOG_LEVEL": "CRITICAL"} | environment, data=folder))
    yield app
    with app.app_context():
        db.engine.dispose()


def flask(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


@pytest.fixture
def emptied(application: Flask) -> None:
    """An empty database, and no application's context to be taken for the command's own."""
    with inside(application):
        empty()
        db.session.rollback()


def of(database: Addresses) -> dict[str, str]:
    """The notes of a database."""
    return {"database_url": database.application, "database_owner_url": database.owner}


def asked(process: Process) -> int:
    """How often a stand-in was asked for something of Stripe's."""
    return len(process.control.requests())


@pytest.fixture(scope="module")
def stand_ins() -> Iterator[tuple[Process, Process]]:
    """Those of two demos that run at the same time."""
    with (
        running(webhook_secret=WEBHOOK_SECRET, id="first") as first,
        running(webhook_secret=WEBHOOK_SECRET, id="second") as second,
    ):
        yield first, second


def test_each_of_two_demos_has_its_own_addresses(tmp_path: Path) -> None:
    with (
        a_demo(tmp_path / "a", database_url="postgresql+psycopg:///a", public_url="http://localhost:8200",
               stripe_url="http://localhost:8201", stripe_id="first") as first,
        a_demo(tmp_path / "b", database_url="postgresql+psycopg:///b", public_url="http://localhost:8300",
               stripe_url="http://localhost:8301", stripe_id="second") as second,
    ):  # fmt: skip
        found = [Settings.from_environment({}, data=folder) for folder in (first, second)]
    assert [one.database_url[-2:] for one in found] == ["/a", "/b"]
    assert [one.public_url for one in found] == ["http://localhost:8200", "http://localhost:8300"]
    assert [one.stripe_api_base for one in found] == ["http://localhost:8201", "http://localhost:8301"]
    assert found[0].stripe_js_url == "http://localhost:8201/endive/stripe.js"


def test_what_is_set_wins_over_what_the_demo_left(tmp_path: Path) -> None:
    set_ = {"DATABASE_URL": "postgresql+psycopg:///mine", "STRIPE_API_BASE": "http://localhost:9"}
    with a_demo(
        tmp_path / "a", stripe_url="http://localhost:8201", stripe_id="x", database_url="x"
    ) as folder:
        found = Settings.from_environment(set_, data=folder)
    assert (found.database_url, found.stripe_api_base) == tuple(set_.values())
    assert found.stripe_stand_in_id is None


@pytest.mark.long
def test_a_command_of_each_demo_asks_its_own_stand_in(
    emptied: None, tmp_path: Path, database: Addresses, stand_ins: tuple[Process, Process]
) -> None:
    for number, (mine, other) in enumerate([stand_ins, stand_ins[::-1]]):
        notes = {
            **of(database),
            "stripe_url": mine.url,
            "stripe_id": ["first", "second"][number],
        }
        before = asked(mine), asked(other)
        with a_demo(tmp_path / str(number), **notes) as folder, commands_of(folder) as own:
            done = flask(own, "stripe", "reconcile")
        assert "No open findings" in done.output
        assert asked(mine) > before[0]
        assert asked(other) == before[1]


@pytest.mark.parametrize(
    "words", [("stripe", "reconcile"), ("catalog", "sync"), ("catalog", "sync", "--dry-run")]
)
def test_a_stand_in_of_another_demo_is_left_alone(
    emptied: None,
    tmp_path: Path,
    database: Addresses,
    stand_ins: tuple[Process, Process],
    words: tuple[str, ...],
) -> None:
    """On the port that the demo had, another one listens by now."""
    _, other = stand_ins
    before = asked(other)
    notes = {**of(database), "stripe_url": other.url, "stripe_id": "first"}
    with a_demo(tmp_path / "a", **notes) as folder, commands_of(folder) as own:
        refused = flask(own, *words)
    assert refused.exit_code != 0
    assert "another one's" in refused.output
    assert other.url in refused.output
    assert asked(other) == before


def test_a_stand_in_that_is_gone_is_said_to_be(emptied: None, tmp_path: Path, database: Addresses) -> None:
    notes = {**of(database), "stripe_url": "http://localhost:9", "stripe_id": "first"}
    with a_demo(tmp_path / "a", **notes) as folder, commands_of(folder) as own:
        refused = flask(own, "stripe", "reconcile")
    assert refused.exit_code == 2
    assert "does not answer at http://localhost:9" in refused.output


def test_notes_of_a_demo_that_was_killed_are_told_as_such(
    emptied: None, tmp_path: Path, database: Addresses
) -> None:
    with a_demo(
        tmp_path / "a", database_url="x", stripe_url="http://localhost:8201", stripe_id="x"
    ) as folder:
        pass
    with pytest.raises(SettingsError, match="not running any more"):
        Settings.from_environment({}, data=folder)
    with pytest.raises(demo_notes.StaleNotesError, match="make run"):
        demo_notes.read(folder)
    with commands_of(folder, **database.settings) as own:
        refused = flask(own, "stripe", "reconcile")
    assert refused.exit_code == 2
    assert "No demo with a stand-in" in refused.output


def test_without_a_demo_nothing_that_listens_is_taken_for_its_stand_in(
    emptied: None, tmp_path: Path, database: Addresses
) -> None:
    with commands_of(tmp_path, **database.settings) as own:
        refused = flask(own, "stripe", "reconcile")
    assert "set STRIPE_API_BASE" in refused.output


def leaves(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from leaves(inner, f"{path} {name}".strip())
    else:
        yield path, command


def test_every_command_says_what_it_is_connected_to(app: Flask) -> None:
    """Flask's own look at no database."""
    found = {path: one for name, command in app.cli.commands.items() for path, one in leaves(command, name)}
    silent = {path for path, one in found.items() if not hasattr(one.callback, "says_where")}
    assert silent - connected.SILENT <= {"run", "shell", "routes"}
    assert {"db upgrade", "worker", "platform add", "jobs status", "stripe reconcile"} <= set(found) - silent


def test_the_line_is_on_standard_error_alone(emptied: None, tmp_path: Path, database: Addresses) -> None:
    with (
        a_demo(tmp_path / "a", **of(database), stripe_url="http://x:1", stripe_id="i") as folder,
        commands_of(folder) as own,
    ):
        done = flask(own, "platform", "endpoints")
    assert done.exit_code == 0
    assert done.stdout.startswith("No endpoints yet")
    assert done.stderr.startswith("Connected to database ")
    assert "the stand-in for Stripe of the demo at http://x:1" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "postgresql+psycopg://billing:s3cret@db.example:5433/live",
            "database live at db.example:5433 as billing",
        ),
        (
            "postgresql+psycopg://billing@/live?host=/run/pg&password=s3cret",
            "database live at /run/pg as billing",
        ),
        (
            "postgresql+psycopg://a:s3cret@/x?host=one&host=two&sslpassword=s3cret",
            "database x at one or two as a",
        ),
        ("postgresql+psycopg:///x", "database x at the default socket"),
    ],
)
def test_no_secret_is_shown(settings: Settings, url: str, said: str) -> None:
    live = replace(
        settings,
        database_url=url,
        stripe_api_base="https://api.stripe.com",
        stripe_secret_key="sk_live_s3cret",
    )
    assert connected.database(live) == said
    assert "s3cret" not in connected.line(live)
    assert "Stripe (live mode)" in connected.line(live)
    assert "test mode" in connected.line(replace(live, stripe_secret_key="sk_test_s3cret"))
