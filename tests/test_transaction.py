"""Who commits: all of a transaction or nothing of it, and never another's half."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.transaction import check_before_commits, decided, transaction
from tests.factories import an_organization


def test_what_is_done_within_is_committed(app: Flask) -> None:
    organization = an_organization("Harbor")
    with transaction():
        organization.name = "Harbor Freight"
    db.session.rollback()
    assert db.session.scalar(text("SELECT name FROM organization")) == "Harbor Freight"


def test_nothing_is_left_of_one_that_an_error_ended(app: Flask) -> None:
    organization = an_organization("Harbor")
    db.session.commit()
    with pytest.raises(ZeroDivisionError), transaction():
        organization.name = "Harbor Freight"
        db.session.flush()
        raise ZeroDivisionError
    assert organization.name == "Harbor"


def test_one_within_another_is_refused_and_ends_both(app: Flask) -> None:
    organization = an_organization("Harbor")
    db.session.commit()
    with pytest.raises(RuntimeError, match="part of another"), transaction():
        organization.name = "Harbor Freight"
        with transaction():
            pass
    assert organization.name == "Harbor"
    with transaction():
        organization.name = "Harbor Logistics"
    assert organization.name == "Harbor Logistics"


class RoleLostError(Exception):
    pass


def test_what_is_checked_before_commits_undoes_all_of_it_until_it_is_decided(app: Flask) -> None:
    organization = an_organization("Harbor")
    db.session.commit()
    written: list[str] = []

    def refuse() -> None:
        written.append(db.session.scalar(text("SELECT name FROM organization")) or "")
        raise RoleLostError

    check_before_commits(refuse)
    with pytest.raises(RoleLostError), transaction():
        organization.name = "Harbor Freight"
    assert (organization.name, written) == ("Harbor", ["Harbor Freight"]), "it is checked once all is written"
    decided()
    with transaction():
        organization.name = "Harbor Logistics"
    assert organization.name == "Harbor Logistics"
