"""When a person last confirmed that it's them, and organizations that ask for it every time."""

from alembic import op

from app.database import in_use

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(), "ALTER TABLE sign_in_session ADD COLUMN IF NOT EXISTS confirmed_at timestamptz"
        )
        in_use.change(
            op.get_bind(),
            "ALTER TABLE organization ADD COLUMN IF NOT EXISTS confirms_always boolean NOT NULL DEFAULT false",
        )


def downgrade():
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), "ALTER TABLE organization DROP COLUMN IF EXISTS confirms_always")
        in_use.change(op.get_bind(), "ALTER TABLE sign_in_session DROP COLUMN IF EXISTS confirmed_at")
