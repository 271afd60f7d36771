"""The most that an organization tops up in 24 hours, where owners or operators chose another limit than the catalog's.

What counts toward it is found by when it was settled.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        # Payments are made meanwhile. One that was interrupted leaves an index that is never used.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_top_up_settled")
        op.execute("CREATE INDEX CONCURRENTLY ix_top_up_settled ON top_up (org_id, settled_at)")
    op.create_table(
        "daily_limit",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("own_micro", sa.BigInteger()),
        sa.Column("raised_micro", sa.BigInteger()),
        sa.Column("raised_at", sa.DateTime(timezone=True)),
        sa.Column("operator_micro", sa.BigInteger()),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_daily_limit_org_id_organization"),
        sa.PrimaryKeyConstraint("org_id", name="pk_daily_limit"),
        sa.CheckConstraint(
            "own_micro >= 0 AND raised_micro >= 0 AND operator_micro >= 0", name="ck_daily_limit_not_negative"
        ),
        sa.CheckConstraint(
            "(raised_micro IS NULL) = (raised_at IS NULL)", name="ck_daily_limit_raised_at_a_time"
        ),
    )
    op.execute("SELECT keep_apart('daily_limit')")


def downgrade():
    op.drop_table("daily_limit")
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_top_up_settled")
