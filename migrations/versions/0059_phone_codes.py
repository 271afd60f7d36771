"""Phones get alerts once a code that was sent to them came back. Those that were added before have to confirm, too."""

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(), "ALTER TABLE alert_channel ADD COLUMN IF NOT EXISTS confirmed_at timestamptz"
        )
    # It refers to organizations, which can't be written meanwhile: better tried again than waited for.
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "phone_code",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("channel_id", sa.UUID(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_phone_code_org_id_organization"),
        sa.ForeignKeyConstraint(
            ["org_id", "channel_id"],
            ["alert_channel.org_id", "alert_channel.id"],
            name="fk_phone_code_org_id_alert_channel",
        ),
        sa.PrimaryKeyConstraint("org_id", "channel_id", name="pk_phone_code"),
    )
    op.execute("SELECT keep_apart('phone_code')")


def downgrade():
    op.drop_table("phone_code")
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), "ALTER TABLE alert_channel DROP COLUMN IF EXISTS confirmed_at")
