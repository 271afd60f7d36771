"""Section pages: what the server needs for each page, beside the least that makes the same HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from flask import Flask

from app import create_app
from app.extensions import db
from benchmarks.figures import Figure, milliseconds, ratio_of
from benchmarks.floor import bare_application
from benchmarks.recording import Recording, recording
from benchmarks.rounds import ROUNDS
from benchmarks.signing_in import sign_in
from benchmarks.stage import conninfo
from benchmarks.wsgi import Answer, Visitor, side_by_side
from config import Settings
from dev.errors import ToolError

PAGES = {
    "Overview": "/billing",
    "Wallet": "/billing/wallet",
    "Payment methods": "/billing/payment-methods",
    "Change plan": "/billing/change-plan",
    "Invoices": "/workplace/invoices",
    "History of changes": "/billing/activity",
}
POLL = "/billing/live/overview"
MOST_STATEMENTS = 6
"""Of the Overview."""
MOST_TIMES_THE_FLOOR = 2.0
MOST_POLL_SECONDS = 0.002
_NAMED = re.compile(rb"[?&](amp;)?org=[a-z0-9-]+")
"""What links say of whom the page is for, which the floor doesn't know."""
TURNS, WARM_UP = 30, 5
"""Of a page in a round."""


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """Each page in full, and the unchanged poll, in this process: the server's own time, without sockets."""
    app = create_app(Settings.from_environment({**environment, "LOG_LEVEL": "ERROR"}))
    owner = Visitor(app)
    sign_in(lambda path: owner.get(path).body.decode(), lambda path, form: owner.post(path, form).status)
    pages = PAGES | _statement(owner)
    for name, path in pages.items():
        yield from _page(app, owner, conninfo(environment), name, path)
    yield from _poll(app, owner)


def _statement(owner: Visitor) -> dict[str, str]:
    """The newest statement that the invoices lead to."""
    found = re.search(r'href="(/[^"]*/statements/[0-9-]+)"', owner.get(PAGES["Invoices"]).body.decode())
    return {"Statement": found[1]} if found else {}


def _page(app: Flask, owner: Visitor, url: str, name: str, path: str) -> Iterator[Figure]:
    page, seen = _record(app, lambda: owner.get(path))
    floor = Visitor(bare_application(app, seen, url, path))
    same, wanted = (_NAMED.sub(b"", answer.body) for answer in (floor.get("/floor"), page))
    if abs(len(same) - len(wanted)) > len(wanted) / 100:
        raise ToolError(
            f"The floor renders {len(same)} bytes where {name} has {len(wanted)}: not the same page."
        )
    rounds = [
        side_by_side(lambda: owner.get(path), lambda: floor.get("/floor"), rounds=TURNS, warm_up=WARM_UP)
        for _ in range(ROUNDS)
    ]
    yield ratio_of(
        "pages",
        f"{name}, full page, server time",
        [one for one, _ in rounds],
        [least for _, least in rounds],
        most=MOST_TIMES_THE_FLOOR,
        by="for the same rows and template",
    )
    yield Figure(
        section="pages",
        what=f"{name}, SQL statements",
        measured=str(len(seen.statements)),
        floor="",
        goal=f"at most {MOST_STATEMENTS}" if name == "Overview" else "",
        met=name != "Overview" or len(seen.statements) <= MOST_STATEMENTS,
        rounds=(len(seen.statements),),
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
