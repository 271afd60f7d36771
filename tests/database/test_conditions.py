"""What an operator can do something about isn't logged as a defect, whatever code it happens in."""

from __future__ import annotations

import errno

import psycopg
import pytest
import structlog
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from structlog.testing import capture_logs

from app.database.conditions import NOT_NOW, Condition, condition_of, log_failure
from app.extensions import db

log = structlog.get_logger("billing.tests")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("53100", Condition.DISK_FULL),
        ("53200", Condition.OUT_OF_MEMORY),
        ("53300", Condition.NO_CONNECTION),
        ("55P03", Condition.LOCKED),
        ("40P01", Condition.LOCKED),
        ("40001", Condition.LOCKED),
        ("57014", Condition.TOO_SLOW),
        ("57P01", Condition.DATABASE_AWAY),
        ("25006", Condition.DATABASE_AWAY),
        ("P0001", None),
        ("23505", None),
        ("22P02", None),
    ],
)
def test_what_postgresql_says_is_told_apart_by_its_code(
    app: Flask, code: str, expected: Condition | None
) -> None:
    """https://www.postgresql.org/docs/current/errcodes-appendix.html"""
    with pytest.raises(DBAPIError) as caught:
        db.session.execute(text(f"DO $$ BEGIN RAISE 'not now' USING ERRCODE = '{code}'; END $$"))
    db.session.rollback()
    assert condition_of(caught.value) == expected
    assert condition_of(_from(RuntimeError("it went wrong"), caught.value)) == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), Condition.DISK_FULL),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), Condition.DISK_FULL),
        (MemoryError(), Condition.OUT_OF_MEMORY),
        (PoolTimeoutError("QueuePool limit"), Condition.NO_CONNECTION),
        (psycopg.OperationalError("connection refused"), Condition.DATABASE_AWAY),
        (FileNotFoundError(errno.ENOENT, "No such file"), None),
        (ValueError("invalid"), None),
        (KeyError("x"), None),
    ],
    ids=repr,
)
def test_so_is_what_this_machine_and_the_driver_say(error: Exception, expected: Condition | None) -> None:
    assert condition_of(error) == expected


def test_a_defect_has_its_traceback_and_a_condition_has_a_word() -> None:
    full = psycopg.errors.DiskFull("could not extend file\nHINT: Check free disk space.")
    with capture_logs() as logs:
        log_failure(log, "mail_not_written", ValueError("no such field"), mail="1")
        log_failure(log, "mail_not_written", full, mail="2")
    defect, other = logs
    assert (defect["event"], defect["log_level"], defect["mail"]) == ("mail_not_written", "error", "1")
    assert isinstance(defect["exc_info"], ValueError)
    assert other == {
        "event": NOT_NOW,
        "log_level": "warning",
        "what": "mail_not_written",
        "condition": "disk_full",
        "reason": "could not extend file",
        "mail": "2",
    }


def _from(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error
