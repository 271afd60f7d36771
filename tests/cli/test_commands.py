"""Commands of operators: a real first start, and the ledger's proof."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.models import Mail, Organization, User
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor
from tests.support.factors import a_passkey


def test_an_organization_and_its_owner_are_made_and_the_owner_gets_in(app: Flask, visitor: Visitor) -> None:
    run = app.test_cli_runner().invoke
    made = run(args=["organization", "create", "Birch Clinic", "--timezone", "Europe/Dublin"])
    assert made.exit_code == 0, made.output
    invited = run(
        args=["user", "invite", "--organization", "birch-clinic", "ruth@birch.example", "--name", "Ruth"]
    )
    link = re.search(r"http://localhost:8000(/invitations/\S+)", invited.output)
    assert link, invited.output
    visitor.post(link[1], {"password": "eight green bottles"})
    assert "Birch Clinic" in visitor.get("/billing").text


def test_a_link_for_a_new_password_is_mailed_and_never_printed(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    a_person("ruth@birch.example", organization=an_organization("Birch Clinic"))
    sent = run(args=["user", "reset-password", "RUTH@birch.example"])
    assert (sent.exit_code, "http" in sent.output) == (0, False)
    assert db.session.scalars(db.select(Mail.recipient)).one() == "ruth@birch.example"
    assert "No one has" in run(args=["user", "reset-password", "tom@birch.example"]).output
    run(args=["user", "remove", "ruth@birch.example", "--organization", "birch-clinic"])
    assert "Invite them" in run(args=["user", "reset-password", "ruth@birch.example"]).output


def test_a_lost_second_factor_is_reset(app: Flask, visitor: Visitor) -> None:
    run = app.test_cli_runner().invoke
    ruth = a_person("ruth@birch.example", organization=an_organization("Birch Clinic"))
    a_passkey(ruth)
    assert visitor.sign_in(ruth.email).location == "/sign-in/second-factor"
    done = run(args=["user", "reset-second-factor", "RUTH@birch.example"])
    assert (done.exit_code, "was reset" in done.output) == (0, True)
    assert visitor.sign_in(ruth.email).location == "/billing"
    again = run(args=["user", "reset-second-factor", "ruth@birch.example"])
    assert (again.exit_code, "has no second factor" in again.output) == (1, True)
    assert "No one has" in run(args=["user", "reset-second-factor", "tom@birch.example"]).output


def test_who_has_an_account_is_invited_and_told_nothing_of_a_password(app: Flask, visitor: Visitor) -> None:
    run = app.test_cli_runner().invoke
    an_organization("Birch Clinic")
    a_person("ruth@birch.example", organization=an_organization("Pine Realty"))
    invited = run(args=["user", "invite", "--organization", "birch-clinic", "ruth@birch.example"])
    link = re.search(r"http://localhost:8000(/invitations/\S+)", invited.output)
    assert link, invited.output
    visitor.sign_in("ruth@birch.example")
    assert "Birch Clinic" not in visitor.get("/billing").text
    visitor.post(link[1])
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
        "not an email address"
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
    assert "the wallet's balance is 0.000001 USD" in failed.output


def test_demo_usage_costs_what_was_asked_for(app: Flask) -> None:
    organization = an_organization("Harbor Dental", credit="10")
    run = app.test_cli_runner().invoke
    for _ in range(2):
        used = run(args=["demo", "use", "--organization", "harbor-dental", "--amount", "1.50"])
        assert "used 1.50 USD" in used.output
    assert (
        "Use a decimal point"
        in run(args=["demo", "use", "--organization", "harbor-dental", "--amount", "1,5"]).output
    )
    found = db.session.get_one(Organization, organization.id)
    assert found.name == "Harbor Dental"
