"""Which history of the database it is can be asked by the application's own role."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import select

from app.database.history import CURRENT
from app.extensions import db


def test_it_is_the_cluster_and_its_timeline(app: Flask) -> None:
    found = [db.session.scalar(select(CURRENT)) for _ in range(2)]
    assert found[0] == found[1]
    assert re.fullmatch(r"\d{10,20}/[0-9A-F]{8}", found[0] or "")
