"""Amounts of available credit below which something begins, and the wallet's nearest ones."""

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE wallet ADD COLUMN IF NOT EXISTS watch_micro bigint, "
            "ADD COLUMN IF NOT EXISTS recovery_micro bigint",
        )
    op.create_table(
        "wallet_watch",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("under_micro", sa.BigInteger(), nullable=False),
        sa.Column("recovers_micro", sa.BigInteger()),
        sa.Column("fired_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_wallet_watch_org_id_organization"),
        sa.PrimaryKeyConstraint("org_id", "kind", "name", name="pk_wallet_watch"),
        sa.CheckConstraint("recovers_micro >= under_micro", name="ck_wallet_watch_recovers_above"),
    )
    op.execute("SELECT keep_apart('wallet_watch')")


def downgrade():
    op.drop_table("wallet_watch")
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE wallet DROP COLUMN IF EXISTS watch_micro, DROP COLUMN IF EXISTS recovery_micro",
        )
