"""What statements of months that are over say of the organization, kept when it changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "statement_head",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("billed", ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organization.id"], name="fk_statement_head_org_id_organization"
        ),
        sa.PrimaryKeyConstraint("org_id", "month", name="pk_statement_head"),
    )


def downgrade():
    op.drop_table("statement_head")
