"""The locale of each email as it was sent, and the same email for recipients who read in another."""

from alembic import op

from app.database import in_use

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE mail ADD COLUMN IF NOT EXISTS locale varchar(20),"
            " ADD COLUMN IF NOT EXISTS in_other_locales jsonb DEFAULT '{}' NOT NULL",
        )


def downgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE mail DROP COLUMN IF EXISTS in_other_locales, DROP COLUMN IF EXISTS locale",
        )
