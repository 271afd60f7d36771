"""The language of someone who isn't there: the one that they chose, else their browser's at the last sign-in."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.models import User
from tests.factories import PASSWORD, a_person, an_organization
from tests.support.browsing import Visitor


@pytest.mark.parametrize(
    ("chosen", "browsers", "reads"),
    [
        (None, None, "en_US"),
        (None, "en_GB", "en_GB"),
        ("en_IE", "en_GB", "en_IE"),
        ("xx_XX", "en_GB", "en_GB"),
        (None, "xx_XX", "en_US"),
    ],
)
def test_what_was_chosen_comes_first_and_what_there_is_no_more_doesn_t_count(
    chosen: str | None, browsers: str | None, reads: str
) -> None:
    assert User(language=chosen, browser_language=browsers).reading_locale == reads


def test_each_sign_in_keeps_what_the_browser_asks_for(app: Flask) -> None:
    dana = a_person("dana@harbor.example", organization=an_organization("Harbor Dental"))
    assert dana.reading_locale == "en_US"
    for accepts, reads in (
        ("en-GB,en;q=0.5", "en_GB"),
        ("en-AU", "en_AU"),
        ("en-AU", "en_AU"),
        ("nl", "en_US"),
    ):
        signed_in = Visitor(app.test_client()).post(
            "/sign-in",
            {"email": dana.email, "password": PASSWORD},
            headers={"Accept-Language": accepts},
        )
        assert signed_in.status_code == 302
        db.session.expire_all()
        assert db.session.get_one(User, dana.id).reading_locale == reads
