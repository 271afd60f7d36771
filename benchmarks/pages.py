"""Section pages: what the server needs for the Overview, beside the least that makes the same HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from flask import Flask

from app import create_app
from app.extensions import db
from benchmarks.figures import Figure, milliseconds
from benchmarks.floor import bare_application
from benchmarks.recording import Recording, recording
from benchmarks.signing_in import sign_in
from benchmarks.stage import conninfo
from benchmarks.wsgi import Answer, Visitor, side_by_side
from config import Settings
from dev.errors import ToolError

OVERVIEW = "/billing"
POLL = "/billing/live/overview"
MOST_STATEMENTS = 6
MOST_TIMES_THE_FLOOR = 2.0
MOST_POLL_SECONDS = 0.002


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """The Overview in full and the unchanged poll, in this process: the server's own time, without sockets."""
    app = create_app(Settings.from_environment({**environment, "LOG_LEVEL": "ERROR"}))
    owner = Visitor(app)
    sign_in(lambda path: owner.get(path).body.decode(), lambda path, form: owner.post(path, form).status)
    yield from _overview(app, owner, conninfo(environment))
    yield from _poll(app, owner)


def _overview(app: Flask, owner: Visitor, url: str) -> Iterator[Figure]:
    page, seen = _record(app, lambda: owner.get(OVERVIEW))
    floor = Visitor(bare_application(app, seen, url, OVERVIEW))
    same = floor.get("/floor").body
    if abs(len(same) - len(page.body)) > len(page.body) / 100:
        raise ToolError(
            f"The floor renders {len(same)} bytes where the Overview has {len(page.body)}: not the same page."
        )
    seconds, least = side_by_side(lambda: owner.get(OVERVIEW), lambda: floor.get("/floor"))
    times = seconds / least
    yield Figure(
        section="pages",
        what="Overview, full page, server time",
        measured=f"{milliseconds(seconds)} ({times:.2f} times the floor)",
        floor=milliseconds(least),
        goal=f"at most {MOST_TIMES_THE_FLOOR:g} times",
        met=times <= MOST_TIMES_THE_FLOOR,
    )
    yield Figure(
        section="pages",
        what="Overview, SQL statements",
        measured=str(len(seen.statements)),
        floor="",
        goal=f"at most {MOST_STATEMENTS}",
        met=len(seen.statements) <= MOST_STATEMENTS,
    )


def _poll(app: Flask, owner: Visitor) -> Iterator[Figure]:
    first = owner.get(POLL, HTTP_HX_REQUEST="true")
    version = first.headers.get("hx-ptag", "")

    def ask() -> Answer:
        return owner.get(POLL, HTTP_HX_REQUEST="true", HTTP_HX_PTAG=version)

    answer, seen = _record(app, ask)
    [seconds] = side_by_side(ask)
    yield Figure(
        section="pages",
        what="balance poll, unchanged",
        measured=f"{answer.status}, {len(seen.statements)} SQL, {milliseconds(seconds)}",
        floor="",
        goal=f"304, 1 SQL, under {milliseconds(MOST_POLL_SECONDS)}",
        met=answer.status == 304 and len(seen.statements) == 1 and seconds < MOST_POLL_SECONDS,
    )


def _record(app: Flask, ask: Callable[[], Answer]) -> tuple[Answer, Recording]:
    ask()  # what is done once per process is not the page's
    with app.app_context():
        engine = db.engine
    with recording(app, engine) as seen:
        answer = ask()
    if answer.status >= 400:
        raise ToolError(f"The page was answered with {answer.status}.")
    return answer, seen
