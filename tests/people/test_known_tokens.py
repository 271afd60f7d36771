"""What a token's text says is remembered once it was genuine; whether it may be used never is."""

from __future__ import annotations

import pytest
from flask import Flask

from app.ids import uuid7
from app.people import known_tokens, token_text
from app.people.digests import digest_of


def test_a_remembered_token_is_found_by_its_whole_text(app: Flask) -> None:
    one, other = token_text.fresh(uuid7()), token_text.fresh(uuid7())
    known_tokens.remember(one.text, one, None)
    found = known_tokens.find(one.text)
    assert found is not None
    assert (found.id, found.secret_hash) == (one.id, digest_of(one.secret))
    assert known_tokens.find(other.text) is None
    assert known_tokens.find(one.text[:-1]) is None
    assert known_tokens.find("") is None


def test_one_of_an_organization_is_only_worth_asking_about_that(app: Flask) -> None:
    own, one = uuid7(), token_text.fresh(uuid7())
    known_tokens.remember(one.text, one, own)
    found = known_tokens.find(one.text)
    assert found is not None
    assert [found.may_be_about(org_id) for org_id in (own, uuid7())] == [True, False]


def test_only_so_many_are_known_at_a_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_tokens, "MOST", 3)
    made = [token_text.fresh(uuid7()) for _ in range(10)]
    for one in made:
        known_tokens.remember(one.text, one, None)
    known = [one for one in made if known_tokens.find(one.text) is not None]
    assert made[-1] in known
    assert len(known) <= 3
