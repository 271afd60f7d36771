"""Holds that can be trusted: what they were asked for with, what they count on of allowances, when leases end."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("hold", sa.Column("asked", postgresql.JSONB()))
    op.add_column("hold", sa.Column("slice_asked", postgresql.JSONB()))
    op.drop_index("ix_hold_active", table_name="hold")
    op.create_index(
        "ix_hold_active", "hold", ["org_id", "expires_at"], postgresql_where=sa.text("state = 'active'")
    )
    op.create_table(
        "hold_allowance",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("meter", sa.String(60), nullable=False),
        sa.Column("hold_id", sa.UUID(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("worth_micro", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("reserved > 0", name="ck_hold_allowance_reserved_positive"),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organization.id"], name="fk_hold_allowance_org_id_organization"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "hold_id"], ["hold.org_id", "hold.id"], name="fk_hold_allowance_hold"
        ),
        sa.PrimaryKeyConstraint("org_id", "period_start", "meter", "hold_id", name="pk_hold_allowance"),
    )


def downgrade():
    op.drop_table("hold_allowance")
    op.drop_index("ix_hold_active", table_name="hold")
    op.create_index(
        "ix_hold_active", "hold", ["org_id", "created_at"], postgresql_where=sa.text("state = 'active'")
    )
    op.drop_column("hold", "slice_asked")
    op.drop_column("hold", "asked")
