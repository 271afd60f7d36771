"""No page of another origin, not even of the shell's, reads an answer of ours: only scripts that are the same for all."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask

from app import create_app
from config import Settings
from tests.support.browsing import BrowserClient

SHELL = "https://portal.example"
FOR_ALL = {"assets.embed", "assets.static"}
"""`embed.js` and the modules that it imports."""


@pytest.fixture
def app(settings: Settings) -> Flask:
    made = create_app(replace(settings, shell_origins=(SHELL,)))
    made.test_client_class = BrowserClient
    return made


@pytest.mark.one_of_each(by=lambda: "any")
@pytest.mark.parametrize("origin", [SHELL, "https://evil.example", "null"])
def test_no_answer_lets_another_origin_read_it(app: Flask, origin: str) -> None:
    """Each address, by each method that it has, asked for directly and beforehand (preflight)."""
    client = app.test_client()
    asked, readable = 0, set()
    for rule in app.url_map.iter_rules():
        values = {name: UUID(int=7) if "uuid" in rule.rule else "x" for name in rule.arguments}
        with app.test_request_context():
            built = rule.build(values)
        address = built[1] if built else rule.rule
        for method in sorted((rule.methods or set()) | {"OPTIONS"}):
            headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "empty"}
            if method == "OPTIONS":
                headers |= {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-a"}
            answer = client.open(address, method=method, headers=headers)
            asked += 1
            allowed = {name for name, _ in answer.headers if name.startswith("Access-Control-")}
            if allowed:
                readable.add(rule.endpoint)
                assert allowed == {"Access-Control-Allow-Origin"}, address
                assert answer.headers["Access-Control-Allow-Origin"] == "*", (
                    "which excludes all with a session"
                )
                assert answer.content_type.startswith("text/javascript")
    assert asked > 200
    assert readable <= FOR_ALL
