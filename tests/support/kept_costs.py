"""What a piece of work costs that no machine changes: statements, waits, rows and bytes; and what it may cost at most."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from typing import Any

import psycopg
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from benchmarks import wire, writes
from config import ROOT

FILE = ROOT / "tests" / "kept_costs.toml"
TIMES = 3
"""So many counts, of which the least is compared with the most that were kept: now and then a request does what isn't
its own, such as noting a token's use, and an answer that is there already needn't be waited for."""
MORE_BYTES = 1.1
"""Compressed answers differ, because tokens and days in them do."""

Costs = dict[str, int]


def kept() -> dict[str, Costs]:
    """The most that each may cost."""
    return {name: dict(costs) for name, costs in tomllib.loads(FILE.read_text()).items()}


def count(app: Flask, owner_url: str, ready: Callable[[], Callable[[], TestResponse]]) -> tuple[Costs, Costs]:
    """The least and the most that a request cost; `ready` prepares the next one, which is not counted.

    `statements` reach the database, and `waits` is how often the process waits for it. `read` are rows that come back,
    `written` those inserted, updated and deleted, and `bytes` the answer with its headers.
    """
    found = []
    with psycopg.connect(owner_url, autocommit=True) as owner:
        ready()()  # what is done once in a process is not the request's
        for _ in range(TIMES):
            ask = ready()
            db.session.commit()
            with writes.counting(app, owner) as written, wire.watching(app) as seen:
                answer = ask()
            assert answer.status_code in {200, 304}, answer.text
            head = sum(len(f"{name}: {value}\r\n") for name, value in answer.headers.items())
            found.append(
                {
                    "statements": seen.statements,
                    "waits": seen.waits,
                    "read": seen.rows,
                    "written": written.rows,
                    "bytes": head + len(answer.data),
                }
            )
    least, most = ({name: of(one[name] for one in found) for name in found[0]} for of in (min, max))
    return least, most


def compare(name: str, counted: tuple[Costs, Costs]) -> None:
    """Fail where something costs more than is kept of it; with `KEEP_COSTS` in the environment, keep it."""
    least, most = counted
    if os.environ.get("KEEP_COSTS"):
        FILE.write_text(written(kept() | {name: most}))
    assert not (more := grown(name, least)), f"{name} costs more: {more}"


def grown(name: str, costs: Costs) -> dict[str, str]:
    """What costs more than is kept of it."""
    most: Any = kept()[name]
    return {
        what: f"{value:,}, and was {most[what]:,}"
        for what, value in costs.items()
        if value > most[what] * (MORE_BYTES if what == "bytes" else 1)
    }


def written(costs: dict[str, Costs]) -> str:
    """Costs as the file has them."""
    return "".join(
        f'["{name}"]\n' + "".join(f"{what} = {value}\n" for what, value in one.items()) + "\n"
        for name, one in costs.items()
    )
