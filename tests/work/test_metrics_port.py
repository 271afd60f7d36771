"""What a worker has measured, on a port of its own."""

from __future__ import annotations

import pytest
import requests

from app.work import metrics_port


@pytest.mark.parametrize(
    ("token", "given", "path", "status"),
    [
        ("", "", "/metrics", 200),
        ("secret-token", "", "/metrics", 401),
        ("secret-token", "secret-token", "/metrics", 200),
        ("secret-token", "secret-token", "/", 404),
    ],
)
def test_it_is_read_by_those_who_may(token: str, given: str, path: str, status: int) -> None:
    server = metrics_port.serve("127.0.0.1", 0, token)
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}{path}"
        answer = requests.get(address, headers={"Authorization": f"Bearer {given}"}, timeout=30)
    finally:
        server.shutdown()
        server.server_close()
    assert answer.status_code == status
    assert ("billing_job_seconds" in answer.text) is (status == 200)
