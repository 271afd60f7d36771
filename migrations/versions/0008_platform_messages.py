"""Messages to the platform: its endpoints, what it is told, and each delivery."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "platform_endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secrets", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_endpoint")),
    )
    op.create_table(
        "platform_message",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_platform_message_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_platform_message")),
    )
    op.create_index("ix_platform_message_position", "platform_message", ["org_id", "position"])
    op.create_table(
        "platform_delivery",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'failed')", name=op.f("ck_platform_delivery_deliverystate")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_platform_delivery_org_id")),
        sa.ForeignKeyConstraint(
            ["org_id", "message_id"],
            ["platform_message.org_id", "platform_message.id"],
            name=op.f("fk_platform_delivery_org_id_message_id"),
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["platform_endpoint.id"], name=op.f("fk_platform_delivery_endpoint_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "message_id", "endpoint_id", name=op.f("pk_platform_delivery")),
    )
    op.create_index(
        "ix_platform_delivery_waiting",
        "platform_delivery",
        ["org_id", "endpoint_id", "position"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_platform_delivery_due",
        "platform_delivery",
        ["next_try_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade():
    for table in ("platform_delivery", "platform_message", "platform_endpoint"):
        op.drop_table(table)
