"""Whose process the embedded PostgreSQL is, on machines with and without an account for it."""

from __future__ import annotations

import os
import pwd

import pytest

from dev.account import WITHOUT_RIGHTS, Account


def without_postgres(name: str) -> pwd.struct_passwd:
    raise KeyError(name)


def test_root_takes_the_account_without_rights_where_there_is_none_for_postgresql(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", without_postgres)
    found = Account.for_postgres().entry
    assert found is not None
    assert found.pw_uid == WITHOUT_RIGHTS


def test_anyone_else_runs_it_as_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert Account.for_postgres().entry is None
