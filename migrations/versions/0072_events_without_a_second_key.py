"""Events are found by time and a digest of their id, in a third of the bytes that their key took.

That each is recorded once is what `usage_digest` is for: the key of events refused nothing that it doesn't. Indexes of
partitions are built beside writers, one after the other; begun again, those begin again that were left half made. On the
way back the key is built in the same way, and the tables are locked for as long as it takes to name it.
"""

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

_KEY = "(org_id, at, source, event_id)"


def upgrade():
    bind = op.get_bind()
    with op.get_context().autocommit_block():
        of = "(org_id, at, hashtextextended(event_id, 0))"
        in_use.index_partitions(bind, "usage_event", "ix_usage_event_at", of)
        in_use.change(bind, "ALTER TABLE usage_event DROP CONSTRAINT IF EXISTS pk_usage_event")


def downgrade():
    bind = op.get_bind()
    driver = bind.connection.driver_connection
    with op.get_context().autocommit_block():
        in_use.change(
            bind,
            "ALTER TABLE usage_event DROP CONSTRAINT IF EXISTS pk_usage_event; "
            f"ALTER TABLE ONLY usage_event ADD CONSTRAINT pk_usage_event PRIMARY KEY {_KEY}",
        )
        query = sa.text(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'usage_event'::regclass"
        )
        for partition in bind.scalars(query).all():
            own = f"{partition}_pkey"
            driver.execute("SET lock_timeout = 0")
            driver.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {own}")
            driver.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {own} ON {partition} {_KEY}")
            in_use.change(
                bind,
                f"ALTER TABLE {partition} ADD CONSTRAINT {own} PRIMARY KEY USING INDEX {own}; "
                f"ALTER INDEX pk_usage_event ATTACH PARTITION {own}",
            )
        in_use.change(bind, "DROP INDEX IF EXISTS ix_usage_event_at")
