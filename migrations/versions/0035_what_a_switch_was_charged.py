"""What was charged for a switch of plan, as its payment says. Unknown for those made before."""

from alembic import op

from app.database import in_use

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), "ALTER TABLE plan_switch ADD COLUMN IF NOT EXISTS charged_micro bigint")


def downgrade():
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), "ALTER TABLE plan_switch DROP COLUMN IF EXISTS charged_micro")
