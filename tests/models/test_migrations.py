"""Migrations run on a database with data, and back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from psycopg.errors import SerializationFailure
from sqlalchemy import inspect, text

from app import create_app
from app.billing.usage import keys, totals
from app.billing.usage.events import Reported
from app.database.arrays import columns
from app.extensions import db, driver_connection
from app.models import UsageDigest
from app.people import sessions
from app.people.external import admission
from app.people.factors import pending_sign_ins
from app.people.identification import Vouched
from app.web.health import newest_migration
from config import Settings
from dev.testing import create_database, drop_database, migrate
from tests.factories import a_person, an_organization, at
from tests.people.external.vouching import claims
from tests.support.database import another_session, inside
from tests.support.metering import NOW, an_event, on_growth, take
from tests.support.own_database import on_its_own


def test_migrations_go_down_and_up_again_with_data_in_the_tables(process_name: str) -> None:
    name = f"migrations_{process_name}"
    database = create_database(name)
    migrate(database)
    app = create_app(
        Settings.from_environment({"APP_ENV": "test", **database.settings, "LOG_LEVEL": "ERROR"})
    )
    with inside(app):
        an_organization(credit="10")
        another_session()
        downgrade(revision="base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
        left = db.session.scalar(
            text("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        )
        assert left == 0
        another_session()
        upgrade()
        assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == newest_migration(app)
        another_session()
        db.engine.dispose()
    drop_database(name)


def test_the_models_and_the_migrations_say_the_same(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, result.output


@pytest.mark.long
def test_subscriptions_keep_their_periods_and_failures(process_name: str) -> None:
    """Revision 0015 turns days into moments, in each organization's zone, and back."""
    with on_its_own(f"subscriptions_{process_name}"):
        organization = an_organization(timezone="Pacific/Auckland")
        id_ = {"id": organization.id}
        another_session()
        downgrade(revision="0014")
        db.session.execute(
            text(
                "INSERT INTO subscription (org_id, plan, status, period_start, period_end, failed_on) VALUES "
                "(:id, 'growth', 'past_due', '2026-11-03', '2026-12-03', '2026-11-04')"
            ),
            id_,
        )
        db.session.commit()
        upgrade()
        row = db.session.execute(text("SELECT anchor, failed_at, interval FROM subscription"), id_).one()
        assert (row.anchor, row.failed_at) == (at("2026-11-02 23:00"), at("2026-11-03 23:00"))
        assert row.interval == "month"
        another_session()
        downgrade(revision="0014")
        assert str(db.session.scalar(text("SELECT failed_on FROM subscription"))) == "2026-11-04"


@pytest.mark.long
def test_organizations_whose_zone_is_none_get_one(process_name: str) -> None:
    """Revision 0028: the database doesn't know the zone, or takes it for an abbreviation."""
    with on_its_own(f"zones_{process_name}"):
        ids = {
            zone: an_organization().id
            for zone in ("localtime", "Factory", "right/UTC", "CET", "Asia/Kolkata")
        }
        another_session()
        downgrade(revision="0027")
        for zone, org_id in ids.items():
            change = text("UPDATE organization SET timezone = :zone WHERE id = :id")
            db.session.execute(change, {"zone": zone, "id": org_id})
        db.session.commit()
        upgrade()
        rows = db.session.execute(text("SELECT id, timezone FROM organization"))
        now = {row.id: row.timezone for row in rows}
        assert [now[org_id] for org_id in ids.values()] == [
            "UTC",
            "UTC",
            "UTC",
            "Europe/Brussels",
            "Asia/Kolkata",
        ]


@pytest.mark.long
def test_what_an_issuer_gave_is_gone_where_it_would_count_for_everyone(process_name: str) -> None:
    """Revision 0043, on the way back: without the column a role of an issuer's would also count after signing in with
    a password, and a session that the issuer began would go on with it."""
    with on_its_own(f"identities_{process_name}"):
        here = a_person(organization=an_organization())
        admitted = admission.admit(claims(), None)
        assert admitted.user is not None
        vouched = Vouched(admitted.identity_id) if admitted.identity_id else None
        sessions.start(admitted.user, vouched=vouched)
        sessions.start(here)
        pending_sign_ins.begin(admitted.user, admitted.identity_id)
        db.session.commit()
        kept = here.id
        another_session()
        downgrade(revision="0042")
        for table, left in (("membership", [kept]), ("sign_in_session", [kept]), ("pending_sign_in", [])):
            assert db.session.scalars(text(f"SELECT user_id FROM {table}")).all() == left, table
        db.session.rollback()
        upgrade()


@pytest.mark.long
def test_usage_from_before_is_in_the_totals_by_one_dimension(process_name: str) -> None:
    """Revisions 0064 and 0066, of several weeks and organizations, and of a meter that no version has."""
    with on_its_own(f"totals_{process_name}"):
        ids = [an_organization().id for _ in range(2)]
        another_session()
        downgrade(revision="0063")
        for org_id in ids:
            db.session.execute(
                text("""
                    INSERT INTO usage_daily SELECT :org_id, day, meter, 'Recall ' || n % 3, 'Ava', day, n, n, n * 1000
                    FROM generate_series(1, 40) AS n, LATERAL (SELECT current_date - n AS day) AS days,
                        unnest(ARRAY['calls_outbound', 'sms', 'gone']) AS meter"""),
                {"org_id": org_id},
            )
            db.session.execute(
                text("""
                    INSERT INTO usage_rollup (org_id, posted_on, meter, campaign, agent, number, direction, country,
                        is_correction, quantity, included, amount_micro, events, calls)
                    SELECT :org_id, current_date - n, 'calls_outbound', 'Recall', 'Ava', '+1 ' || n % 2, 'outbound', 'US',
                        false, n, 0, n * 1000, 1, 1 FROM generate_series(1, 40) AS n"""),
                {"org_id": org_id},
            )
        db.session.commit()
        another_session()
        upgrade()
        assert [totals.recount_differing(org_id, first=date.min) for org_id in ids] == [0, 0]
        by_number = text("SELECT sum(calling_units), count(*) FROM usage_by_name WHERE kind = 'number'")
        assert [int(one) for one in db.session.execute(by_number).one()] == [1_640, 80]
        sums = text("""
            SELECT sum(calling_micro), sum(telephony_micro), sum(models_micro) FROM usage_by_name
            WHERE kind <> 'number'""")
        assert [int(one) for one in db.session.execute(sums).one()] == [3_280_000, 6_560_000, 0]


@pytest.mark.long
def test_events_of_either_version_are_counted_once_after_an_upgrade_and_back(process_name: str) -> None:
    """Revision 0071: what the version before has recorded, also meanwhile, is known by its digest; and on the way back
    what this version has recorded is known by its source and id."""
    with on_its_own(f"keys_{process_name}"):
        organization = on_growth()
        old = [
            an_event(organization, f"old {number}", when=NOW - timedelta(days=number)) for number in range(30)
        ]
        another_session()
        downgrade(revision="0070")
        as_the_version_before(old[:29])
        upgrade()
        as_the_version_before(old[29:])
        digests = db.session.execute(db.select(UsageDigest.key, UsageDigest.content)).all()
        assert {(key.hex, content.hex) for key, content in digests} == {
            (keys.key_of(one.source, one.id), one.digest().hex()) for one in old
        }
        take(an_event(organization, "new"), an_event(organization, "fix", 5, corrects=("platform", "new")))
        # Recorded by both it would be charged twice: the version before tries again, until it is gone.
        with pytest.raises(SerializationFailure):
            as_the_version_before([an_event(organization, "new")])
        another_session()
        downgrade(revision="0070")
        assert db.session.scalar(
            text("SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 'usage_event'::regclass")
        )
        rows = db.session.execute(text("SELECT event_id, digest, at FROM usage_key")).all()
        assert len(rows) == 32
        assert {row.event_id: bytes(row.digest) for row in rows} == {
            one.id: one.digest()
            for one in [
                *old,
                an_event(organization, "new"),
                an_event(organization, "fix", 5, corrects=("platform", "new")),
            ]
        }
        another_session()
        upgrade()
        assert db.session.scalar(db.select(db.func.count()).select_from(UsageDigest)) == 32
        again = an_event(
            organization, "again", 3, corrects=("platform", "new"), when=NOW + timedelta(seconds=1)
        )
        assert take(again, an_event(organization, "new")).duplicates == 1


def as_the_version_before(events: list[Reported]) -> None:
    """Record keys of events by their texts."""
    driver_connection().execute(
        "INSERT INTO usage_key (org_id, source, event_id, digest, at) "
        "SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bytea[], %s::timestamptz[])",
        columns([(one.org_id, one.source, one.id, one.digest(), one.at) for one in events]),
    )
    db.session.commit()
