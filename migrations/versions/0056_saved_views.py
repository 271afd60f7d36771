"""Filters of the history that a person saved by name, in an organization. Usage is found by its direction."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        # Calls are counted meanwhile. One that was interrupted leaves an index that is never used.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_usage_rollup_direction")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_usage_rollup_direction ON usage_rollup (org_id, direction, posted_on) "
            "WHERE direction <> ''"
        )
    op.create_table(
        "saved_view",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_saved_view_org_id_organization"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_saved_view_user_id_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_saved_view"),
        sa.UniqueConstraint("org_id", "user_id", "name", name="uq_saved_view_name"),
    )
    op.create_index("ix_saved_view_user_id", "saved_view", ["user_id"])
    op.execute("SELECT keep_apart('saved_view')")


def downgrade():
    op.drop_table("saved_view")
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_usage_rollup_direction")
