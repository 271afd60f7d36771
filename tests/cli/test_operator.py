"""Commands about operators: their accounts, and what they did."""

from __future__ import annotations

import pytest
from flask import Flask

from app.operators import accounts
from tests.support.operating import an_operator


def run(app: Flask, *arguments: str) -> str:
    return app.test_cli_runner().invoke(args=["operator", *arguments]).output


def test_an_operator_is_added_with_a_link_that_opens_the_account(app: Flask) -> None:
    assert "No operators yet" in run(app, "list")
    said = run(app, "add", "sam@operator.example", "--name", "Sam Lee", "--role", "finance")
    address = said.splitlines()[-1]
    assert address.startswith("http://localhost:8000/operator/join/")
    found = accounts.find_by_link(address.rpartition("/")[2])
    assert found is not None
    assert found.may_grant
    assert "hasn't joined" in run(app, "list")
    elsewhere = run(app, "reset", "sam@operator.example", "--url", "https://console.internal.example/")
    assert "\nhttps://console.internal.example/operator/join/" in elsewhere
    assert "already" in run(app, "add", "sam@operator.example", "--name", "Sam Lee")


def test_accounts_are_ended_given_another_role_and_opened_again(app: Flask) -> None:
    dana = an_operator().operator.email
    assert "can't sign in" in run(app, "disable", dana)
    assert "disabled" in run(app, "list")
    assert "(support)" in run(app, "role", dana, "support")
    assert "/operator/join/" in run(app, "reset", dana)
    said = run(app, "log")
    for action in ("added", "joined", "disabled", "role_changed", "reset"):
        assert f"operator.{action}" in said


@pytest.mark.parametrize("command", [("disable",), ("reset",), ("role",)])
def test_who_is_no_operator_is_said(app: Flask, command: tuple[str]) -> None:
    rest = ("support",) if command == ("role",) else ()
    assert "is no operator" in run(app, *command, "sam@operator.example", *rest)
