"""The example's screens, each at its address."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from shell_demo.people import PEOPLE
from tests.shell_demo.conftest import OWN

SCREENS = [
    "/campaigns",
    "/billing",
    "/billing/wallet?amount=50",
    "/billing/wallet/top-ups/1",
    "/billing?page=/workplace/invoices",
]


@pytest.mark.parametrize("screen", SCREENS)
def test_who_is_not_signed_in_is_asked_first(portal: FlaskClient, screen: str) -> None:
    answer = portal.get(screen)
    assert answer.location.startswith("/sign-in?")
    assert parse_qs(urlsplit(answer.location).query) == {"next": [screen]}


@pytest.mark.parametrize("screen", SCREENS[1:])
def test_each_page_of_billing_has_the_frame(portal: FlaskClient, screen: str) -> None:
    portal.post("/sign-in", data={"person": PEOPLE[0].id}, headers=OWN)
    assert '<voice-portal-billing src="http://billing.example/billing"' in portal.get(screen).text


def test_the_parts_are_told_whose_page_it_is_and_members_see_none(portal: FlaskClient) -> None:
    owner, member = PEOPLE[0], PEOPLE[3]
    portal.post("/sign-in", data={"person": owner.id}, headers=OWN)
    for part in ("balance", "top-up", "billing-alert", "campaign-check"):
        assert f'<voice-portal-{part} organization="{owner.organization.id}"' in portal.get("/campaigns").text
    portal.post("/sign-in", data={"person": member.id}, headers=OWN)
    assert re.findall("<voice-portal-.*?>", portal.get("/campaigns").text) == [
        '<voice-portal-balance token-url="/billing-token" hidden>'
    ]
