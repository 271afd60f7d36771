"""Signing a visitor in, by the form that people use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from dev.errors import ToolError
from dev.people import OWNER, PASSWORD

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def sign_in(get: Callable[[str], str], post: Callable[[str, Mapping[str, str]], int]) -> None:
    """Give a visitor the session of the demo's owner.

    `get` returns the text of a page; `post` sends a form and returns the status of the answer.
    """
    token = TOKEN.search(get("/sign-in"))
    fields = {"email": OWNER, "password": PASSWORD, "csrf_token": token.group(1) if token else ""}
    status = post("/sign-in", fields)
    if status not in {302, 303}:
        raise ToolError(f"Signing in as {OWNER} was answered with {status}.")
