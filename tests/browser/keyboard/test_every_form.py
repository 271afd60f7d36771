"""No form is left out: the tasks send every one that the pages have, but for those with a reason here."""

from __future__ import annotations

from flask import Flask

from tests.browser.keyboard.tasks import TASKS
from tests.support.url_map import rules

_PASSKEY = "needs a virtual authenticator: test_second_factors.py and test_confirming.py do it by keyboard"
NOT_BY_A_TASK = {
    "account.disconnect_provider": "needs an identity provider: test_provider_connecting.py",
    "account.disconnect_shell": "needs an account that is connected with the shell: test_shell_connection.py",
    "auth.confirm_challenge": _PASSKEY,
    "auth.confirm_shell_connection": "needs an account here and in the shell: test_shell_connection.py",
    "auth.enter_from_shell": "the shell's element posts it: every framed place begins so",
    "auth.passkey_challenge": _PASSKEY,
    "auth.second_factor_challenge": _PASSKEY,
    "auth.sign_in_with_passkey": _PASSKEY,
    "auth.use_passkey": _PASSKEY,
    "csp_reports.receive": "the browser posts it",
    "factors.add_passkey": _PASSKEY,
    "factors.passkey_challenge": _PASSKEY,
    "factors.remove_passkey": _PASSKEY,
    "factors.rename_passkey": _PASSKEY,
    "webhooks.receive": "Stripe posts it",
}


def test_every_form_is_sent_by_a_task(app: Flask) -> None:
    forms = {rule.endpoint for rule in rules(app, "POST") if not rule.rule.startswith(("/api/", "/dev/"))}
    sent = set().union(*(task.posts for task in TASKS))
    assert sent <= forms
    assert not sent & set(NOT_BY_A_TASK), "these are sent by now: take them off the list"
    assert sorted(forms - sent) == sorted(NOT_BY_A_TASK)


def test_tasks_have_names_of_their_own() -> None:
    names = [task.name for task in TASKS]
    assert len(set(names)) == len(names)
