"""A person's browser: cookies, pages, forms sent as they stand in the page, and what an answer must never be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import urljoin, urlsplit

import requests

from torture.forms import Form, PageParser
from torture.journal import Journal

PATIENCE = 45
"""Seconds for which a person waits for an answer."""
FINE = 503
"""Says when to come again: what a service may answer while a part of it is killed."""


class UnansweredError(Exception):
    """The browser shows its own page: the connection was refused, or ended without an answer."""


@dataclass
class Page:
    """An answer. `address` is where it came from in the end."""

    address: str
    status: int
    text: str
    kind: str

    @cached_property
    def parsed(self) -> PageParser:
        parser = PageParser(self.address)
        if self.kind.startswith("text/html"):
            parser.feed(self.text)
        return parser

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    def form(self, ending: str, *, method: str = "post") -> Form | None:
        """The first form whose action ends so."""
        found = (one for one in self.parsed.forms if one.method == method and one.path.endswith(ending))
        return next(found, None)

    def forms(self, ending: str) -> list[Form]:
        return [one for one in self.parsed.forms if one.method == "post" and one.path.endswith(ending)]


@dataclass
class Browser:
    """`forbidden` are words that none of its pages may ever hold: they belong to others."""

    base: str
    journal: Journal
    who: str
    forbidden: set[str] = field(default_factory=set)
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **headers: str) -> Page:
        """Open an address. Raises `UnansweredError`."""
        return self._page("GET", urljoin(self.base, path), None, headers)

    def submit(self, page: Page, form: Form, **changes: str) -> Page:
        """Send a form of a page as it stands there, but for `changes`. Raises `UnansweredError`."""
        values = form.fields | changes
        address = urljoin(page.address, form.action)
        if form.method == "get":
            return self._page("GET", address, values, {})
        headers = {"Origin": self.base, "Referer": page.address, "Sec-Fetch-Site": "same-origin"}
        return self._page("POST", address, values, headers)

    def _page(
        self, method: str, address: str, values: dict[str, str] | None, headers: dict[str, str]
    ) -> Page:
        sent = {"data": values} if method == "POST" else {"params": values}
        try:
            answer = self.session.request(method, address, headers=headers, timeout=PATIENCE, **sent)  # type: ignore[arg-type]
        except requests.RequestException as error:
            raise UnansweredError(f"{method} {address}: {type(error).__name__}") from error
        for one in [*answer.history, answer]:
            self._judge(one)
        # CSV and pages are text; a PDF is compressed, and tells nothing to who looks for a name.
        kind = answer.headers.get("Content-Type", "")
        text = answer.text if kind.startswith(("text/", "application/json")) else ""
        page = Page(answer.url, answer.status_code, text, kind)
        self._look_for_others(page)
        return page

    def _judge(self, answer: requests.Response) -> None:
        status = answer.status_code
        if status >= 500 and status != FINE:
            path = urlsplit(answer.url).path
            said = " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())[:200]
            request_id = answer.headers.get("X-Request-Id", "without id")
            asked = f"{answer.request.method} {path} at {datetime.now(UTC):%H:%M:%S}"
            self.journal.found(f"{status} answered", f"{asked}, request {request_id}: {said}")

    def _look_for_others(self, page: Page) -> None:
        seen = sorted(word for word in self.forbidden if word in page.text)
        if seen:
            self.journal.found("crossed", f"{self.who} saw {', '.join(seen)} at {page.path}")
