"""What events are deduplicated by: digests, which PostgreSQL computes as this process does."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from app.billing.usage import keys
from app.extensions import db
from app.models import UsageDigest
from tests.support.metering import NOW, an_event, on_growth, take
from tests.support.statements import all_statements

A, B = "a" * 32, "b" * 32
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=40)


def recorded() -> set[tuple[str, str, str]]:
    query = db.select(UsageDigest.org_id, UsageDigest.key, UsageDigest.content)
    return {(str(row.org_id), row.key.hex, row.content.hex) for row in db.session.execute(query)}


def test_a_key_is_a_digest_that_postgresql_computes_as_well(app: Flask) -> None:
    @given(TEXTS, TEXTS)
    def agree(source: str, event_id: str) -> None:
        query = db.text("SELECT usage_key_of(:source, :event_id)")
        there = db.session.scalar(query, {"source": source, "event_id": event_id})
        assert there.hex == keys.key_of(source, event_id)

    agree()


def test_source_and_id_are_kept_apart() -> None:
    assert len({keys.key_of(*pair) for pair in (("ab", "c"), ("a", "bc"), ("abc", ""), ("", "abc"))}) == 4


def test_nothing_is_asked_without_keys(app: Flask) -> None:
    with all_statements() as seen:
        assert keys.contents_of([]) == keys.record([]) == {}
        keys.forget([])
    assert not seen


def test_keys_are_recorded_in_one_statement(app: Flask) -> None:
    mine = str(on_growth().id)
    rows = [(mine, keys.key_of("platform", f"e{number}"), A, NOW) for number in range(100)]
    with all_statements() as seen:
        assert keys.record(rows) == {}
    assert len(seen) == 1
    assert recorded() == {row[:3] for row in rows}


def test_those_that_are_there_already_are_named_with_their_content_and_stay(app: Flask) -> None:
    mine, other = (str(on_growth().id) for _ in range(2))
    one, two = keys.key_of("platform", "e1"), keys.key_of("platform", "e2")
    keys.record([(mine, one, A, NOW)])
    again = [(mine, one, B, NOW), (mine, two, B, NOW), (other, one, B, NOW)]
    assert keys.record(again) == {(mine, one): A}
    assert recorded() == {(mine, one, A), (mine, two, B), (other, one, B)}
    assert keys.record(again) == {(mine, one): A, (mine, two): B, (other, one): B}


def test_the_database_itself_refuses_a_key_twice(app: Flask) -> None:
    mine = on_growth().id
    same = {"org_id": mine, "key": UUID(hex=A), "content": UUID(hex=B), "at": NOW}
    with pytest.raises(IntegrityError):
        db.session.execute(db.insert(UsageDigest).values([same, same]))
    db.session.rollback()


def test_what_is_forgotten_can_be_recorded_again(app: Flask) -> None:
    mine, other = (str(on_growth().id) for _ in range(2))
    rows = [(whose, keys.key_of("platform", "e1"), A, NOW) for whose in (mine, other)]
    keys.record(rows)
    keys.forget([rows[0][:2]])
    assert recorded() == {rows[1][:3]}
    assert keys.record(rows) == {rows[1][:2]: A}


def test_a_key_is_kept_by_the_time_of_its_own_event_and_not_of_the_one_that_it_corrects(app: Flask) -> None:
    organization = on_growth()
    take(an_event(organization, quantity=60, when=NOW - timedelta(days=3)))
    take(an_event(organization, "fix", 5, corrects=("platform", "e1")))
    times = set(db.session.scalars(db.select(UsageDigest.at)))
    assert times == {NOW, NOW - timedelta(days=3)}


def test_an_event_that_is_rejected_after_all_leaves_no_key(app: Flask) -> None:
    """A correction of nothing: once what it corrects has come, it may come again."""
    organization = on_growth()
    fix = an_event(organization, "fix", 5, corrects=("platform", "e1"))
    other = an_event(organization, "e2")
    assert [one.field for one in take(fix, other).refused] == ["corrects"]
    assert {key for _, key, _ in recorded()} == {keys.key_of("platform", "e2")}
    take(an_event(organization))
    assert take(fix).accepted == 1
