"""A developer in front of the dashboard."""

from __future__ import annotations

import re

import requests

from stripe_sandbox.testing import Process


class Developer:
    """A developer in front of the dashboard; `last` is the page that came last."""

    def __init__(self, stand_in: Process) -> None:
        self.url = stand_in.url
        self.last = requests.Response()

    def see(self, path: str) -> str:
        self.last = requests.get(f"{self.url}{path}", timeout=10)
        return self.last.text

    def send(self, path: str, **form: str) -> str:
        """Send a form as a page of the dashboard does, and see the page that it leads to."""
        own = {"Origin": self.url}
        self.last = requests.post(f"{self.url}{path}", data=form, headers=own, timeout=10)
        return self.last.text

    @property
    def said(self) -> str:
        """What the page says of the form that was sent, or why it was refused."""
        found = re.search(r'<p class="(?:said|wrong)"[^>]*>(.*?)</p>', self.last.text)
        return found.group(1) if found else ""
