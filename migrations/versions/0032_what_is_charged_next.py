"""What Stripe will charge next for a plan, how many of it, and what each invoice is made of.

Unknown for what is there already, until Stripe tells of it again.
"""

from alembic import op

from app.database import in_use

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE subscription ADD COLUMN IF NOT EXISTS quantity integer NOT NULL DEFAULT 1,"
            " ADD COLUMN IF NOT EXISTS next_charge jsonb",
        )
        in_use.change(op.get_bind(), "ALTER TABLE invoice ADD COLUMN IF NOT EXISTS sums jsonb")


def downgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE subscription DROP COLUMN IF EXISTS quantity, DROP COLUMN IF EXISTS next_charge",
        )
        in_use.change(op.get_bind(), "ALTER TABLE invoice DROP COLUMN IF EXISTS sums")
