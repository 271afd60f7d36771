"""Sections of a page that fail alone: where one can't be read, it says so, and the others are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.database.conditions import log_failure
from app.extensions import db

_log = structlog.get_logger("billing.pages")
T = TypeVar("T")


def read(name: str, work: Callable[[], T]) -> T | None:
    """What a section shows; None where the database didn't answer, which is logged with the section's name.

    Only for what is read: the transaction is rolled back, and the next section begins another.
    """
    try:
        return work()
    except SQLAlchemyError as error:
        db.session.rollback()
        log_failure(_log, "section_failed", error, section=name)
        return None
