"""Bringing a test's database back to what it was before the test."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Engine, text

# One round trip that looks into every table and empties those with rows. It takes a few milliseconds where
# TRUNCATE of all tables takes a file operation each. Triggers and foreign keys are off meanwhile: the ledger refuses
# DELETE by a trigger, and the order of tables does not matter.
_EMPTY = text("""
DO $reset$
DECLARE
    one regclass;
    filled boolean;
BEGIN
    SET LOCAL lock_timeout = '10s';
    SET LOCAL session_replication_role = replica;
    FOR one IN
        SELECT oid FROM pg_class
        WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
          AND relname <> ALL (string_to_array(current_setting('reset.keep'), ','))
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO filled;
        IF filled THEN
            EXECUTE format('DELETE FROM %s', one);
        END IF;
    END LOOP;
END
$reset$
""")


def reset(engine: Engine, *, keep: Collection[str] = ()) -> None:
    """Empty every table but alembic's own and the ones to keep.

    Raises `sqlalchemy.exc.OperationalError` after ten seconds when a forgotten transaction still holds rows.
    """
    with engine.begin() as connection:
        kept = ",".join(("alembic_version", *keep))
        connection.execute(text("SELECT set_config('reset.keep', :kept, true)"), {"kept": kept})
        connection.execute(_EMPTY)
