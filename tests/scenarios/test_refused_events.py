"""What a sender may not report is never charged, whatever an operator replays; and junk hides nothing behind it."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from app.api.usage import BATCH
from app.billing.usage import rejection_replays, rejections
from app.billing.usage.rejections import Filters
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, RejectedEvent, UsageEvent, Wallet
from app.people import provisioning, tokens
from app.people.provisioning import Wanted
from app.people.tokens import Scope
from tests.factories import OWNER, an_organization, usd
from tests.support.database import owner
from tests.support.metering import a_cloudevent
from tests.support.platform import Platform


def send(platform: Platform, *events: Any) -> Any:
    raw = b",".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in events)
    answer = platform.open("POST", "/usage", data=b"[" + raw + b"]", content_type=BATCH)
    assert answer.status_code == 200, answer.text
    return answer.json


def run(app: Flask, *words: str) -> tuple[int, str]:
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["usage", *words])
    db.session.rollback()
    return result.exit_code, result.output


def posted(organization: Organization) -> Any:
    return db.session.get_one(Wallet, (organization.id,), populate_existing=True).posted


@pytest.fixture
def harbor(app: Flask) -> Organization:
    return an_organization("Harbor", credit="10")


@pytest.fixture
def atlas(app: Flask) -> Organization:
    return an_organization("Atlas", credit="10")


@pytest.fixture
def harbors(app: Flask, harbor: Organization) -> Platform:
    return Platform(app, Scope.USAGE_WRITE, organization=harbor)


class TestTheSender:
    @pytest.mark.parametrize("how", ["all", "id", "sender"])
    def test_what_it_may_not_report_is_never_charged(
        self, app: Flask, harbors: Platform, atlas: Organization, how: str
    ) -> None:
        send(harbors, a_cloudevent(atlas))
        row = db.session.scalars(db.select(RejectedEvent)).one()
        words = {"all": ["--all"], "id": [str(row.id)], "sender": ["--all", "--sender", "the platform"]}[how]
        code, said = run(app, "replay", *words)
        assert (code, posted(atlas)) == (1, usd("10"))
        assert "0 accepted, 1 still rejected." in said
        assert "This token is for another organization." in said

    def test_what_became_readable_since_is_still_judged_as_its_sender(
        self, app: Flask, harbors: Platform, atlas: Organization, harbor: Organization
    ) -> None:
        """Nothing was said of the organization when the quantity was wrong: the replay says it."""
        bad = [a_cloudevent(one, f"{n}", data={"quantity": -1}) for n, one in enumerate((atlas, harbor))]
        send(harbors, *bad)
        db.session.execute(text("UPDATE rejected_event SET body = jsonb_set(body, '{data,quantity}', '60')"))
        code, said = run(app, "replay", "--all")
        assert (code, "1 accepted, 1 still rejected." in said) == (1, True)
        assert db.session.scalars(db.select(UsageEvent.org_id)).all() == [harbor.id]

    def test_an_organization_that_is_made_later_is_the_platforms_to_report_for(
        self, app: Flask, harbors: Platform
    ) -> None:
        org_id = uuid4()
        send(harbors, a_cloudevent(org_id, "harbors"))
        send(Platform(app, Scope.USAGE_WRITE), a_cloudevent(org_id, "platforms"))
        assert (
            Platform(app).put(f"/organizations/{org_id}", {"name": "New", "timezone": "UTC"}).status_code
            == 201
        )
        assert run(app, "replay", "--all")[0] == 1
        assert db.session.scalars(db.select(UsageEvent.event_id)).all() == ["platforms"]

    def test_a_token_that_was_revoked_since_was_right_before(
        self, app: Flask, harbors: Platform, harbor: Organization, atlas: Organization
    ) -> None:
        send(harbors, a_cloudevent(harbor, "a", data={"meter": "texts"}), a_cloudevent(atlas, "b"))
        tokens.revoke(harbors.token.id)
        db.session.execute(
            text(
                "UPDATE rejected_event SET body = jsonb_set(body, '{data,meter}', '\"sms\"') WHERE event_id = 'a'"
            )
        )
        assert "1 accepted, 1 still rejected." in run(app, "replay", "--all")[1]
        assert db.session.scalars(db.select(UsageEvent.org_id)).all() == [harbor.id]

    def test_of_a_sender_that_is_not_known_nothing_is_taken(self, app: Flask, atlas: Organization) -> None:
        send(Platform(app), a_cloudevent(atlas, data={"quantity": -1}))
        db.session.execute(
            text(
                "UPDATE rejected_event SET token_id = NULL, sender_org_id = org_id,"
                " body = jsonb_set(body, '{data,quantity}', '60')"
            )
        )
        code, said = run(app, "replay", "--all", "--sender", "unknown")
        assert (code, posted(atlas)) == (1, usd("10"))
        assert "The sender is unknown" in said


class TestJunk:
    def test_it_hides_nothing_that_came_after_it(self, app: Flask, atlas: Organization) -> None:
        platform = Platform(app)
        for batch in range(2):
            send(platform, *[f'{{"junk": {batch}{n:03}}}'.encode() for n in range(600)])
        org_id = uuid4()
        send(platform, a_cloudevent(org_id, "late"))
        an_organization_of(org_id)
        code, said = run(app, "replay", "--all")
        assert (code, "1 accepted, 1200 still rejected." in said) == (1, True)
        assert db.session.scalars(db.select(UsageEvent.event_id)).all() == ["late"]

    def test_pages_go_through_all_of_it(self, app: Flask) -> None:
        send(Platform(app), *[f'{{"junk": {n}}}'.encode() for n in range(25)])
        seen: list[str] = []
        words: list[str] = []
        while True:
            lines = run(app, "rejected", "--limit", "10", *words)[1].splitlines()
            *rows, last = lines
            if " more: repeat with " not in last:
                seen += lines
                break
            seen += rows
            words = last.partition("repeat with ")[2].split()
        assert len(seen) == len({row.split()[0] for row in seen}) == 25

    def test_filters_choose_what_is_listed_and_replayed(
        self, app: Flask, harbors: Platform, harbor: Organization, atlas: Organization
    ) -> None:
        send(harbors, a_cloudevent(atlas, "x"), a_cloudevent(harbor, "y", data={"meter": "pigeons"}))
        send(Platform(app), a_cloudevent(atlas, "z", data={"quantity": "1"}))
        sender = str(harbors.token.id)
        for words, found in (
            (["--sender", sender], {"x", "y"}),
            (["--sender", "unknown"], set()),
            (["--field", "meter"], {"y"}),
            (["--reason", "another organization"], {"x"}),
            (["--organization", "harbor"], {"y"}),
            (["--organization", "-"], {"x", "z"}),
            (["--organization", str(harbor.id), "--sender", sender, "--since", "2020-01-01"], {"y"}),
            (["--since", "2099-01-01"], set()),
        ):
            code, listed = run(app, "rejected", *words)
            named = {one for one in "xyz" if f"platform {one} " in listed}
            assert (code, named) == (0, found), words
            code, said = run(app, "replay", "--all", *words)
            assert (code, f"0 accepted, {len(found)} still rejected." in said) == (int(bool(found)), True), (
                words
            )
        assert "No token 'missing'" in run(app, "rejected", "--sender", "missing")[1]

    def test_the_same_one_sent_again_is_stored_once(self, app: Flask) -> None:
        platform = Platform(app)
        for _ in range(3):
            assert len(send(platform, b'{"junk": 1}', b'{"junk": 2}')["refused"]) == 2
        assert rejections.count(Filters()) == 2

    def test_so_many_of_a_sender_are_stored_and_the_others_are_told(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch, harbor: Organization
    ) -> None:
        monkeypatch.setattr(rejections, "MOST_OF_A_SENDER", 3)
        platform = Platform(app)
        answer = send(platform, a_cloudevent(harbor), *[f'{{"junk": {n}}}'.encode() for n in range(5)])
        assert (answer["accepted"], [one.get("kept") for one in answer["refused"]]) == (
            1,
            [None, None, None, False, False],
        )
        assert len(send(Platform(app), b'{"junk": 1}')["refused"]) == 1, "another token has room of its own"
        assert rejections.count(Filters()) == 4

    def test_it_is_removed_after_its_time(self, app: Flask) -> None:
        send(Platform(app), b'{"junk": 1}', b'{"junk": 2}')
        db.session.execute(
            text("UPDATE rejected_event SET received_at = '2026-01-01' WHERE body->>'junk' = '1'")
        )
        assert rejections.remove_old(utc_now(), days_kept=90) == 1
        assert rejections.count(Filters()) == 1


def test_one_that_the_database_can_not_take_is_refused_alone_when_it_is_replayed(
    app: Flask, atlas: Organization
) -> None:
    ids = [uuid4() for _ in range(5)]
    send(Platform(app), *[a_cloudevent(org_id, f"e{n}") for n, org_id in enumerate(ids)])
    for org_id in ids:
        an_organization_of(org_id)
    with poisoned("e2"):
        (done,) = rejection_replays.replay(Filters(), at=utc_now())
    assert (done.taken, len(done.still)) == (4, 1)
    assert set(db.session.scalars(db.select(UsageEvent.event_id))) == {"e0", "e1", "e3", "e4"}


def test_one_that_the_database_can_not_take_is_refused_alone_when_it_is_reported(
    app: Flask, atlas: Organization
) -> None:
    platform = Platform(app)
    with poisoned("e2"):
        answer = send(platform, *[a_cloudevent(atlas, f"e{n}") for n in range(7)])
    assert (answer["accepted"], [one["index"] for one in answer["refused"]]) == (6, [2])
    assert run(app, "replay", "--all") == (0, "1 accepted, 0 still rejected.\n")


class poisoned:  # noqa: N801, reads as a statement
    """The database refuses one event, as it would a value that no one thought of."""

    def __init__(self, event_id: str) -> None:
        self.event_id = event_id

    def __enter__(self) -> None:
        db.session.commit()
        self._as_owner(f"""
            CREATE FUNCTION poisoned() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.event_id = '{self.event_id}' THEN RAISE 'poison' USING ERRCODE = '22000'; END IF;
                RETURN NEW; END $$;
            CREATE TRIGGER poisoned BEFORE INSERT ON usage_event FOR EACH ROW EXECUTE FUNCTION poisoned()""")

    def __exit__(self, *_: object) -> None:
        db.session.rollback()
        self._as_owner("DROP TRIGGER poisoned ON usage_event; DROP FUNCTION poisoned()")

    def _as_owner(self, statements: str) -> None:
        with owner().begin() as connection:
            connection.execute(text(statements))


def an_organization_of(org_id: Any) -> None:
    """The organization that events were reported for, made since."""
    provisioning.provision(org_id, Wanted(f"Made {org_id}", "UTC", None, None, None), OWNER)
    db.session.commit()
