"""Fewer bytes for each transfer and hold, and room in pages whose rows change all the time.

A transfer is found by its position, which is its key now, and no more by its id. What causes usage is recorded by its
events, so only other transfers are looked up by what caused them. Leases that are over are found among the holds that
are active. Tables are in use meanwhile: indexes are built and dropped beside them, and the room in pages is for new
ones; the old ones get it as their rows move.
"""

from alembic import op

from app.database import in_use

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

_ROOM = {
    "account": 50,
    "allowance": 50,
    "history_rollup": 70,
    "limit_count": 50,
    "usage_daily": 60,
    "usage_rollup": 70,
    "wallet": 50,
}
"""How full pages get, in percent, so that a row that changes finds room in its own page and no index has to follow."""


def upgrade():
    with op.get_context().autocommit_block():
        for table, percent in _ROOM.items():
            _change(f"ALTER TABLE {table} SET (fillfactor = {percent})")
        _beside("DROP INDEX CONCURRENTLY IF EXISTS ix_hold_lease")
        _index("uq_transfer_cause", "transfer (org_id, kind, source) WHERE kind <> 'usage'", is_unique=True)
        _index("key_of_transfer", "transfer (org_id, seq)", is_unique=True)
        _change(
            "ALTER TABLE transfer DROP CONSTRAINT pk_transfer, DROP CONSTRAINT uq_transfer_org_id_seq, "
            "DROP CONSTRAINT uq_transfer_org_id_kind_source, "
            "ADD CONSTRAINT pk_transfer PRIMARY KEY USING INDEX key_of_transfer"
        )


def downgrade():
    with op.get_context().autocommit_block():
        _index("key_of_transfer", "transfer (org_id, id)", is_unique=True)
        _index("uq_transfer_org_id_seq", "transfer (org_id, seq)", is_unique=True)
        _index("uq_transfer_org_id_kind_source", "transfer (org_id, kind, source)", is_unique=True)
        _change(
            "ALTER TABLE transfer DROP CONSTRAINT pk_transfer, "
            "ADD CONSTRAINT pk_transfer PRIMARY KEY USING INDEX key_of_transfer, "
            "ADD CONSTRAINT uq_transfer_org_id_seq UNIQUE USING INDEX uq_transfer_org_id_seq, "
            "ADD CONSTRAINT uq_transfer_org_id_kind_source UNIQUE USING INDEX uq_transfer_org_id_kind_source"
        )
        _beside("DROP INDEX CONCURRENTLY IF EXISTS uq_transfer_cause")
        _index("ix_hold_lease", "hold (expires_at) WHERE state = 'active'")
        for table in _ROOM:
            _change(f"ALTER TABLE {table} RESET (fillfactor)")


def _change(statement):
    in_use.change(op.get_bind(), statement)


def _index(name, of, *, is_unique=False):
    """Build an index beside writers; what was interrupted begins again."""
    _beside(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    _beside(f"CREATE {'UNIQUE ' if is_unique else ''}INDEX CONCURRENTLY {name} ON {of}")


def _beside(statement):
    # Waits for those that read and write, and none of them for it.
    driver = op.get_bind().connection.driver_connection
    driver.execute("SET lock_timeout = 0")
    driver.execute(statement)
