"""The keys that a person has chosen instead of the usual ones, and whether shortcuts are off for them."""

from alembic import op

from app.database import in_use

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            'ALTER TABLE "user" ADD COLUMN IF NOT EXISTS shortcuts jsonb, '
            "ADD COLUMN IF NOT EXISTS shortcuts_off boolean NOT NULL DEFAULT false",
        )


def downgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            'ALTER TABLE "user" DROP COLUMN IF EXISTS shortcuts, DROP COLUMN IF EXISTS shortcuts_off',
        )
