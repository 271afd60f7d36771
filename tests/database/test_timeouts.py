"""Every connection of the application notices a machine that is gone: requests', the fast path's, and a worker's."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from psycopg_pool import AsyncConnectionPool

from app.database.timeouts import SECONDS, UNANSWERED
from app.extensions import driver_connection
from app.web.database import fast_connections
from app.work import worker

EXPECTED = {name: str(value) for name, value in UNANSWERED.items()}


def test_a_machine_that_is_gone_is_noticed_in_time() -> None:
    idle = UNANSWERED["keepalives_idle"] + UNANSWERED["keepalives_interval"] * UNANSWERED["keepalives_count"]
    assert idle == SECONDS == UNANSWERED["tcp_user_timeout"] // 1_000


def test_sessions_and_the_fast_path_connect_so(app: Flask) -> None:
    fast = fast_connections(app.config["SETTINGS"])
    assert set_for(driver_connection()) == EXPECTED
    assert fast.run(set_for) == EXPECTED
    fast.close()


def test_a_worker_connects_so(app: Flask) -> None:
    found: list[dict[str, str]] = []

    async def connect() -> None:
        connector = worker._connector(app, min_size=1, max_size=1)
        async with (
            AsyncConnectionPool(**connector._pool_args, open=False) as pool,
            pool.connection() as connection,
        ):
            found.append(set_for(connection))

    # A browser that an earlier test has left open has its loop in this thread.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, connect()).result()
    assert found == [EXPECTED]


def set_for(connection: Any) -> dict[str, str]:
    return {name: value for name, value in connection.info.get_parameters().items() if name in UNANSWERED}
