"""What is odd about a subscription, and findings that operators are told of once and again when they are gone."""

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE subscription ADD COLUMN IF NOT EXISTS odd text[] NOT NULL DEFAULT '{}'",
        )
    op.create_table(
        "finding",
        sa.Column("object", sa.String(255), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("gone_at", sa.DateTime(timezone=True)),
        sa.Column("accepted_text", sa.Text),
    )


def downgrade():
    op.drop_table("finding")
    with op.get_context().autocommit_block():
        in_use.change(op.get_bind(), "ALTER TABLE subscription DROP COLUMN IF EXISTS odd")
