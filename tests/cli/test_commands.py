"""Commands of operators: a real first start, and the ledger's proof."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.models import Organization, User
from tests.factories import an_organization
from tests.support.browsing import Visitor


def test_an_organization_and_its_owner_are_made_and_the_owner_gets_in(app: Flask, visitor: Visitor) -> None:
    run = app.test_cli_runner().invoke
    made = run(args=["organization", "create", "Birch Clinic", "--timezone", "Europe/Dublin"])
    assert made.exit_code == 0, made.output
    invited = run(
        args=["user", "invite", "--organization", "birch-clinic", "ruth@birch.example", "--name", "Ruth"]
    )
    link = re.search(r"http://localhost:8000(/set-password/\S+)", invited.output)
    assert link, invited.output
    visitor.post(link[1], {"password": "eight green bottles"})
    assert "Birch Clinic" in visitor.get("/billing").text


def test_mistakes_are_said_with_what_would_be_right(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    an_organization("Birch Clinic")
    assert "Choose another name" in run(args=["organization", "create", "Birch Clinic"]).output
    assert (
        "America/New_York" in run(args=["organization", "create", "X", "--timezone", "Mars/Olympus"]).output
    )
    unknown = run(args=["user", "invite", "--organization", "birch", "a@b.example"]).output
    assert "Known: birch-clinic" in unknown
    assert (
        "not an e-mail address"
        in run(args=["user", "invite", "--organization", "birch-clinic", "ruth"]).output
    )
    assert db.session.query(User).count() == 0


def test_the_ledger_check_exits_with_1_where_something_differs(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    an_organization(credit="10")
    assert run(args=["ledger", "check"]).exit_code == 0
    db.session.execute(text("UPDATE wallet SET posted_micro = 1"))
    db.session.commit()
    failed = run(args=["ledger", "check"])
    assert failed.exit_code == 1
    assert "the wallet's balance is 1 micro-units" in failed.output


def test_demo_usage_costs_what_was_asked_for(app: Flask) -> None:
    organization = an_organization("Harbor Dental", credit="10")
    run = app.test_cli_runner().invoke
    for _ in range(2):
        used = run(args=["demo", "use", "--organization", "harbor-dental", "--amount", "1.50"])
        assert "used 1.50 USD" in used.output
    assert (
        "Use a point"
        in run(args=["demo", "use", "--organization", "harbor-dental", "--amount", "1,5"]).output
    )
    found = db.session.get_one(Organization, organization.id)
    assert found.name == "Harbor Dental"
