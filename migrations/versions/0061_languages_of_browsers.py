"""The language that each person's browser asked for at their last sign-in, which they are written to in."""

from alembic import op

from app.database import in_use

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(), 'ALTER TABLE "user" ADD COLUMN IF NOT EXISTS browser_language varchar(20)'
        )


def downgrade():
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), 'ALTER TABLE "user" DROP COLUMN IF EXISTS browser_language')
