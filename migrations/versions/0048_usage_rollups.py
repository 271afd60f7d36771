"""What history and comparisons add up, by day, so that no filter reads single events or transfers of years.

Events say which direction their call had and which country was at the other end; those from before say neither. They
are found by when they were posted, all of them rather than those of calls only.
"""

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_FILTERED = ("campaign", "agent", "number", "country")


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE usage_event ADD COLUMN IF NOT EXISTS direction varchar(8), "
            "ADD COLUMN IF NOT EXISTS country varchar(2)",
        )
        in_use.index_partitions(
            op.get_bind(), "usage_event", "ix_usage_event_posted_at", "(org_id, posted_at)"
        )
        in_use.change(op.get_bind(), "DROP INDEX IF EXISTS ix_usage_event_posted")
    _usage_rollup()
    op.create_table(
        "history_rollup",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("usage_group", sa.String(20), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organization.id"], name="fk_history_rollup_org_id_organization"
        ),
        sa.PrimaryKeyConstraint("org_id", "day", "kind", "usage_group", name="pk_history_rollup"),
    )
    op.create_table(
        "rollup_mark",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("events_until", sa.DateTime(timezone=True)),
        sa.Column("last_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_rollup_mark_org_id_organization"),
        sa.PrimaryKeyConstraint("org_id", name="pk_rollup_mark"),
    )
    for table in ("usage_rollup", "history_rollup", "rollup_mark"):
        op.execute(f"SELECT keep_apart('{table}')")


def _usage_rollup():
    op.create_table(
        "usage_rollup",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("meter", sa.String(60), nullable=False),
        *(sa.Column(name, sa.String(255), nullable=False) for name in ("campaign", "agent", "number")),
        sa.Column("direction", sa.String(8), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("is_correction", sa.Boolean(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("quantity", "included", "amount_micro", "events", "calls")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_usage_rollup_org_id_organization"),
        sa.PrimaryKeyConstraint(
            "org_id", "posted_on", "meter", "campaign", "agent", "number", "direction", "country", "is_correction",
            name="pk_usage_rollup",
        ),
    )  # fmt: skip
    for name in _FILTERED:
        op.create_index(
            f"ix_usage_rollup_{name}",
            "usage_rollup",
            ["org_id", name, "posted_on"],
            postgresql_where=sa.text(f"{name} <> ''"),
        )


def downgrade():
    for table in ("rollup_mark", "history_rollup", "usage_rollup"):
        op.drop_table(table)
    with op.get_context().autocommit_block():
        in_use.index_partitions(
            op.get_bind(),
            "usage_event",
            "ix_usage_event_posted",
            "(org_id, posted_at) WHERE call IS NOT NULL AND corrects_id IS NULL",
        )
        in_use.change(op.get_bind(), "DROP INDEX IF EXISTS ix_usage_event_posted_at")
        in_use.change(
            op.get_bind(),
            "ALTER TABLE usage_event DROP COLUMN IF EXISTS direction, DROP COLUMN IF EXISTS country",
        )
