"""A careful API client: every request is idempotent, and is repeated until there is a response."""

from __future__ import annotations

import gzip
import threading
import time
from dataclasses import dataclass
from random import Random
from typing import Any

import msgspec
import urllib3
from urllib3.exceptions import HTTPError

ZIPPED_FROM = 2_000
"""Bytes; smaller bodies go as they are."""
_HASTY = urllib3.Timeout(connect=5, read=0.002)
_LONGEST_READ = 30
_LONGEST_PAUSE = 2.0


class UnreachableError(Exception):
    """The service did not answer for as long as the client was ready to wait."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `body` is its JSON, and None if there was none."""

    status: int
    body: Any
    etag: str | None = None

    @property
    def is_good(self) -> bool:
        return self.status < 400

    @property
    def should_retry(self) -> bool:
        """Whether the same request may get another answer in a moment, as docs/platform.md has it."""
        is_in_progress = self.status == 409 and self.problem in {"conflict", "request-in-progress"}
        return self.status >= 500 or self.status == 429 or is_in_progress

    @property
    def problem(self) -> str:
        """The name of its problem type; empty if there is none."""
        kind = self.body.get("type", "") if isinstance(self.body, dict) and not self.is_good else ""
        return str(kind).rpartition("/")[2]


class Client:
    """Calls one service with one token, from many threads at the same time.

    `patience` is for how many seconds a request is tried again; setting it takes effect immediately. Of a share
    of `lost` requests the answer is not waited for, as when a connection breaks: the service has it, and gets
    it once more. `pool` are the connections, for who wants to see each request.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        patience: float = 60,
        lost: float = 0,
        chance: Random | None = None,
        pool: urllib3.PoolManager | None = None,
    ) -> None:
        self._base = f"{url.rstrip('/')}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}", "User-Agent": "voice-portal-simulator"}
        self._pool = pool or urllib3.PoolManager(maxsize=64, retries=False)
        self._chance = chance or Random()  # noqa: S311 - nothing secret
        self._counting = threading.Lock()
        self.patience = patience
        self.lost = lost
        self.sent_again = 0

    def get(self, path: str, *, etag: str | None = None) -> Answer:
        """Read. With the `etag` of an earlier answer, an unchanged one is a 304. Raises `UnreachableError`."""
        return self._answer("GET", path, None, {"If-None-Match": etag} if etag else {})

    def put(self, path: str, body: Any) -> Answer:
        """Bring something into a state. Raises `UnreachableError`."""
        return self._answer("PUT", path, body, {})

    def post(
        self,
        path: str,
        body: Any = None,
        *,
        media_type: str = "application/json",
        patience: float | None = None,
    ) -> Answer:
        """Send what has a key of its own, so that sending it twice does it once; tried for `patience` seconds, if
        that is less than the client's own. Raises `UnreachableError`."""
        headers = {"Content-Type": media_type} if body is not None else {}
        return self._answer("POST", path, body, headers, patience)

    def _answer(
        self, method: str, path: str, body: Any, headers: dict[str, str], patience: float | None = None
    ) -> Answer:
        content = None if body is None else msgspec.json.encode(body)
        headers = self._headers | ({"Content-Type": "application/json"} if content else {}) | headers
        if content is not None and len(content) > ZIPPED_FROM:
            content = gzip.compress(content, 1)
            headers["Content-Encoding"] = "gzip"
        began = time.monotonic()
        pause = 0.05
        is_lost = self._chance.random() < self.lost
        while True:
            wait = pause
            left = self._patience(patience) + began - time.monotonic()
            try:
                response = self._pool.request(
                    method,
                    self._base + path,
                    body=content,
                    headers=headers,
                    timeout=_HASTY if is_lost else _within(left),
                )
            except HTTPError:
                trouble = f"{self._base} does not answer"
            else:
                answer = _answer_of(response)
                if not answer.should_retry:
                    return answer
                trouble = f"{method} {path} was answered with {response.status}"
                wait = max(pause, _seconds(response.headers.get("Retry-After")))
            if time.monotonic() + wait - began > self._patience(patience):
                raise UnreachableError(f"{trouble}, for {self._patience(patience):g} seconds.")
            with self._counting:
                self.sent_again += 1
            time.sleep(0 if is_lost else wait)
            pause, is_lost = min(pause * 2, _LONGEST_PAUSE), False

    def _patience(self, asked: float | None) -> float:
        return self.patience if asked is None else min(asked, self.patience)


def _within(seconds: float) -> urllib3.Timeout:
    """No single try takes longer than what is left."""
    return urllib3.Timeout(connect=max(0.1, min(5, seconds)), read=max(0.1, min(_LONGEST_READ, seconds)))


def _answer_of(response: urllib3.BaseHTTPResponse) -> Answer:
    is_json = "json" in response.headers.get("Content-Type", "")
    found = msgspec.json.decode(response.data) if response.data and is_json else None
    return Answer(response.status, found, response.headers.get("ETag"))


def _seconds(text: str | None) -> float:
    return float(text) if text and text.isdecimal() else 0.0
