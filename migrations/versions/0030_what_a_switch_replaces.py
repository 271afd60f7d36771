"""What a switch of plan replaces once it is made, and when what is planned begins."""

from alembic import op

from app.database import in_use

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE plan_switch ADD COLUMN IF NOT EXISTS replaces_schedule_id varchar(255), "
            "ADD COLUMN IF NOT EXISTS replaces_ends_at timestamptz, "
            "ADD COLUMN IF NOT EXISTS replaces_with_period boolean NOT NULL DEFAULT false",
        )
        in_use.change(
            op.get_bind(),
            "ALTER TABLE subscription ADD COLUMN IF NOT EXISTS scheduled_at timestamptz",
        )


def downgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE plan_switch DROP COLUMN IF EXISTS replaces_schedule_id, "
            "DROP COLUMN IF EXISTS replaces_ends_at, DROP COLUMN IF EXISTS replaces_with_period",
        )
        in_use.change(op.get_bind(), "ALTER TABLE subscription DROP COLUMN IF EXISTS scheduled_at")
