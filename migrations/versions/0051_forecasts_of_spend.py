"""How much organizations are expected to spend, one row for each; the job that counts hours makes them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade():
    # It refers to organizations, which can't be written meanwhile: better tried again than waited for.
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "spend_forecast",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began", sa.DateTime(timezone=True)),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("slots", postgresql.ARRAY(sa.BigInteger())),
        sa.Column("day_ratio", sa.Float(), nullable=False),
        sa.Column("few_ratio", sa.Float(), nullable=False),
        sa.Column("spread", sa.Float(), nullable=False),
        sa.Column("surge_micro", sa.BigInteger(), nullable=False),
        sa.Column("surge_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organization.id"], name="fk_spend_forecast_org_id_organization"
        ),
        sa.PrimaryKeyConstraint("org_id", name="pk_spend_forecast"),
    )
    op.execute("SELECT keep_apart('spend_forecast')")


def downgrade():
    op.drop_table("spend_forecast")
