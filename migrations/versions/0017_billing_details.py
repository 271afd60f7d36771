"""Who is billed: the legal name, address, tax id and purchase order number that documents carry."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WORDS = ("legal_name", "line1", "line2", "city", "region", "postal_code")


def upgrade():
    op.create_table(
        "billing_details",
        sa.Column("org_id", sa.UUID(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False, server_default="") for name in WORDS),
        sa.Column("country", sa.String(2), nullable=False, server_default=""),
        sa.Column("tax_kind", sa.String(20), nullable=False, server_default=""),
        sa.Column("tax_id", sa.String(40), nullable=False, server_default=""),
        sa.Column("purchase_order", sa.Text(), nullable=False, server_default=""),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organization.id"], name="fk_billing_details_org_id_organization"
        ),
        sa.PrimaryKeyConstraint("org_id", name="pk_billing_details"),
    )


def downgrade():
    op.drop_table("billing_details")
