"""From which networks a token of the API was used, so that the first use from another is noted."""

from alembic import op

from app.database import in_use

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE api_token ADD COLUMN IF NOT EXISTS networks text[] NOT NULL DEFAULT '{}'",
        )


def downgrade():
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), "ALTER TABLE api_token DROP COLUMN IF EXISTS networks")
