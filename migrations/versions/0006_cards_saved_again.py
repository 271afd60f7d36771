"""Cards that were saved again, and customers that were deleted at Stripe."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_REPLACED_BY = "fk_payment_method_org_id_replaced_by"


def upgrade():
    op.add_column("payment_method", sa.Column("replaced_by", sa.Uuid()))
    op.create_foreign_key(
        op.f(_REPLACED_BY),
        "payment_method",
        "payment_method",
        ["org_id", "replaced_by"],
        ["org_id", "id"],
    )
    op.add_column(
        "organization",
        sa.Column("former_customer_ids", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )


def downgrade():
    op.drop_column("organization", "former_customer_ids")
    op.drop_constraint(op.f(_REPLACED_BY), "payment_method", type_="foreignkey")
    op.drop_column("payment_method", "replaced_by")
