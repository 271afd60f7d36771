"""Each class of requests has threads of its own, and who waits for one is answered in time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.waiting import wait_until
from tests.support.web_process import WebProcess, head


def _until(there: list[Path]) -> None:
    wait_until(lambda: all(path.exists() for path in there), "it has not begun")


def _busy(server: WebProcess, folder: Path, path: str) -> Path:
    """Give both threads of a class something to do, until the file that is returned is there."""
    end = folder / "end"
    begun = [folder / f"begun-{number}" for number in range(2)]
    for one in begun:
        server.open(head("GET", f"{path}?begun={one}&until={end}"))
    _until(begun)
    return end


@pytest.mark.long
def test_a_class_whose_threads_are_busy_answers_503_and_the_others_are_served(
    server: WebProcess, tmp_path: Path
) -> None:
    end = _busy(server, tmp_path, "/tests/wait")
    late = tmp_path / "late"
    refused = server.get(f"/tests/wait?begun={late}&until={end}")
    assert (refused.status, refused.getheader("Retry-After")) == (503, "5")
    assert "Back in a moment" in refused.read().decode()
    api = server.get("/api/v1/openapi.json")
    assert api.status == 200
    assert server.get("/healthz").status == 200
    end.touch()
    assert server.get("/tests/quick").status == 200
    # What was refused is not done later.
    assert not late.exists()


@pytest.mark.long
def test_while_every_thread_that_hashes_passwords_is_busy_pages_and_the_platform_are_served(
    server: WebProcess, tmp_path: Path
) -> None:
    end = _busy(server, tmp_path, "/confirm")
    assert server.get(f"/confirm?begun={tmp_path / 'late'}&until={end}").status == 503
    page = server.get("/forgot-password")
    assert (page.status, "Forgot password" in page.read().decode()) == (200, True)
    assert server.get("/billing").status == 302
    assert server.get("/api/v1/openapi.json").status == 200
    end.touch()
    wait_until(
        lambda: server.get(f"/confirm?begun={tmp_path / 'again'}&until={end}").status == 200, "it stays busy"
    )


def test_the_platform_is_told_as_programs_are(server: WebProcess, tmp_path: Path) -> None:
    end = _busy(server, tmp_path, "/api/v1/tests/wait")
    refused = server.get("/api/v1/openapi.json")
    assert (refused.status, refused.getheader("Retry-After")) == (503, "5")
    assert refused.getheader("Content-Type") == "application/problem+json"
    assert server.get("/tests/quick").status == 200
    end.touch()
    assert server.get("/api/v1/openapi.json").status == 200


@pytest.mark.long
def test_a_queue_that_is_full_answers_immediately_and_no_one_is_left_without_an_answer(
    server: WebProcess, tmp_path: Path
) -> None:
    end = _busy(server, tmp_path, "/tests/wait")
    with ThreadPoolExecutor(60) as crowd:
        answers = list(crowd.map(lambda _: server.get("/tests/quick").status, range(60)))
    assert answers == [503] * 60
    end.touch()
    assert server.get("/tests/quick").status == 200


@pytest.mark.long
def test_who_hangs_up_before_a_thread_is_free_is_not_served(server: WebProcess, tmp_path: Path) -> None:
    end = _busy(server, tmp_path, "/tests/wait")
    gone = tmp_path / "gone"
    server.open(head("GET", f"/tests/wait?begun={gone}&until={end}")).close()
    assert server.get("/tests/quick").status == 503
    end.touch()
    assert server.get("/tests/quick").status == 200
    assert not gone.exists()
