"""The demo's operator is there once, and signs in with the code that the command shows."""

from __future__ import annotations

from flask import Flask

from app.operators import accounts, sign_ins
from demo import operator_account
from tests.factories import PASSWORD


def test_the_operator_signs_in_with_the_code_of_the_command(app: Flask) -> None:
    for _ in range(2):
        operator_account.ensure(PASSWORD)
    assert [one.email for one in accounts.list_all()] == [operator_account.EMAIL]
    said = app.test_cli_runner().invoke(args=["demo", "operator-code"]).output.strip()
    token = sign_ins.sign_in(operator_account.EMAIL, PASSWORD, said, device="Firefox", address=None)
    assert token is not None
