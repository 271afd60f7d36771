"""What the example answers, and to whom."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from shell_demo.people import PEOPLE
from tests.shell_demo.conftest import OWN


def test_only_who_is_signed_in_gets_a_token(portal: FlaskClient) -> None:
    assert portal.post("/billing-token", headers=OWN).status_code == 401
    portal.post("/sign-in", data={"person": PEOPLE[0].id}, headers=OWN)
    answer = portal.post("/billing-token", headers=OWN)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    portal.post("/sign-out", headers=OWN)
    assert portal.post("/billing-token", headers=OWN).status_code == 401


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://localhost:81", "http://billing.example"]
)
@pytest.mark.parametrize("path", ["/billing-token", "/sign-in", "/sign-out"])
def test_no_other_site_posts_anything(portal: FlaskClient, path: str, origin: str | None) -> None:
    portal.post("/sign-in", data={"person": PEOPLE[0].id}, headers=OWN)
    headers = {} if origin is None else {"Origin": origin}
    assert portal.post(path, data={"person": PEOPLE[1].id}, headers=headers).status_code == 403


def test_its_keys_are_for_anyone_to_read(portal: FlaskClient) -> None:
    answer = portal.get("/.well-known/jwks.json")
    assert [key["alg"] for key in answer.get_json()["keys"]] == ["ES256"]


def test_its_pages_run_and_show_nothing_else_but_billing(portal: FlaskClient) -> None:
    policy = portal.get("/sign-in").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self' http://billing.example;" in policy
    assert "frame-src http://billing.example;" in policy
    assert "form-action 'self' http://billing.example;" in policy
