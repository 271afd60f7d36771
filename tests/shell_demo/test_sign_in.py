"""Where signing in to the example leads."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from shell_demo.people import PEOPLE
from tests.shell_demo.conftest import OWN


@pytest.mark.parametrize("wanted", ["/billing", "/billing/wallet?amount=50", "/workplace/invoices"])
def test_people_arrive_where_they_were_going(portal: FlaskClient, wanted: str) -> None:
    answer = portal.post("/sign-in", data={"person": PEOPLE[0].id, "next": wanted}, headers=OWN)
    assert answer.headers["Location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example",
        "evil",
        "/a\r\nb: c",
    ],
)
def test_no_one_is_led_to_another_site(portal: FlaskClient, wanted: str) -> None:
    answer = portal.post("/sign-in", data={"person": PEOPLE[0].id, "next": wanted}, headers=OWN)
    assert answer.headers["Location"] == "/campaigns"


def test_someone_who_is_not_there_is_no_one(portal: FlaskClient) -> None:
    assert portal.post("/sign-in", data={"person": "mallory"}, headers=OWN).status_code == 404
