"""The hidden field by which a form says which settings its page showed: required, and carried without being shown."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.web.resend import Field
from app.web.seen import NothingSeenError, SeenField, carried


class Settings(Form):
    seen = SeenField()


def test_a_form_says_what_was_seen() -> None:
    assert Settings(MultiDict({"seen": "5.00"})).validate()
    for typed in ({"seen": ""}, {"amount": "5"}):
        with pytest.raises(NothingSeenError):
            Settings(MultiDict(typed)).validate()


def test_it_is_sent_again_and_not_shown() -> None:
    assert carried(MultiDict({"seen": "120000000 2026-12-01"})) == Field(
        "seen", "120000000 2026-12-01", "", ""
    )
    assert carried(MultiDict({"version": "3"}), "version").value == "3"
