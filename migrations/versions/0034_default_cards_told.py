"""Which default cards Stripe may have by what we told it: any other was chosen at Stripe."""

from alembic import op

from app.database import in_use

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE organization ADD COLUMN IF NOT EXISTS default_cards_told text[] NOT NULL DEFAULT '{}'",
        )


def downgrade():
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), "ALTER TABLE organization DROP COLUMN IF EXISTS default_cards_told")
