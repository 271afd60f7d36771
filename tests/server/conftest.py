"""The server as it runs, with short timeouts and few threads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.web_process import WebProcess, web_process

FEW = {
    "PAGE_THREADS": "2",
    "PLATFORM_THREADS": "2",
    "SIGN_IN_THREADS": "2",
    "QUEUE_SECONDS": "1",
    "BODY_SILENCE_SECONDS": "2",
    "BODY_SECONDS": "4",
    "SPOOL_MEGABYTES": "24",
    "TRUSTED_PROXIES": "1",
}


@pytest.fixture(scope="session")
def server(database_url: str) -> Iterator[WebProcess]:
    """One web process that the tests share."""
    with web_process("tests.server.served:make()", {"DATABASE_URL": database_url} | FEW) as started:
        yield started
