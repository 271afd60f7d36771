"""Calls that last unusually long: when one was named, and until when someone said that it is still going on."""

from alembic import op

from app.database import in_use

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE hold ADD COLUMN IF NOT EXISTS overdue_at timestamptz,"
            " ADD COLUMN IF NOT EXISTS expected_until timestamptz",
        )


def downgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE hold DROP COLUMN IF EXISTS overdue_at, DROP COLUMN IF EXISTS expected_until",
        )
