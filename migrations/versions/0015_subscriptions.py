"""Subscriptions as Stripe has them: how they are paid, what is planned and what waits; and switches of plan."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATUS = sa.Enum(
    "review",
    "switching",
    "action",
    "declined",
    "done",
    "canceled",
    name="switchstatus",
    native_enum=False,
    create_constraint=True,
    length=40,
)


def upgrade():
    op.add_column("subscription", sa.Column("interval", sa.String(5), nullable=False, server_default="month"))
    op.add_column("subscription", sa.Column("version", sa.String(60), nullable=True))
    op.add_column("subscription", sa.Column("anchor", MOMENT, nullable=True))
    op.add_column("subscription", sa.Column("ends_at", MOMENT, nullable=True))
    op.add_column("subscription", sa.Column("schedule_id", sa.String(255), nullable=True))
    op.add_column("subscription", sa.Column("scheduled_interval", sa.String(5), nullable=True))
    op.add_column("subscription", sa.Column("scheduled_version", sa.String(60), nullable=True))
    op.add_column("subscription", sa.Column("failed_at", MOMENT, nullable=True))
    op.add_column("subscription", sa.Column("suspended_at", MOMENT, nullable=True))
    op.add_column("subscription", sa.Column("open_invoice_id", sa.String(255), nullable=True))
    op.add_column("plan_term", sa.Column("anchor", MOMENT, nullable=True))
    # Periods were counted from the day alone: its noon is on that day wherever the clock is changed.
    op.execute(
        """UPDATE subscription SET anchor = (period_start + time '12:00') AT TIME ZONE organization.timezone
        FROM organization WHERE organization.id = subscription.org_id"""
    )
    op.execute(
        """UPDATE subscription SET failed_at = (failed_on + time '12:00') AT TIME ZONE organization.timezone
        FROM organization WHERE organization.id = subscription.org_id AND failed_on IS NOT NULL"""
    )
    op.drop_column("subscription", "failed_on")
    op.create_table(
        "plan_switch",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("plan", sa.String(60), nullable=False),
        sa.Column("version", sa.String(60), nullable=False),
        sa.Column("interval", sa.String(5), nullable=False),
        sa.Column("is_at_once", sa.Boolean(), nullable=False),
        sa.Column("status", STATUS, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Text(), nullable=False),
        sa.Column("previewed_at", MOMENT, nullable=False),
        sa.Column("due_micro", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("preview", postgresql.JSONB(), nullable=False),
        sa.Column("payment_method_id", sa.UUID(), nullable=True),
        sa.Column("invoice_id", sa.String(255), nullable=True),
        sa.Column("payment_intent_id", sa.String(255), nullable=True),
        sa.Column("decline_code", sa.String(60), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_by", sa.UUID(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_plan_switch_org_id_organization"),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_plan_switch"),
    )
    op.create_index(
        "uq_plan_switch_open",
        "plan_switch",
        ["org_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('switching', 'action', 'declined')"),
    )


def downgrade():
    op.drop_table("plan_switch")
    op.add_column("subscription", sa.Column("failed_on", sa.Date(), nullable=True))
    op.execute(
        """UPDATE subscription SET failed_on = (failed_at AT TIME ZONE organization.timezone)::date
        FROM organization WHERE organization.id = subscription.org_id AND failed_at IS NOT NULL"""
    )
    op.drop_column("plan_term", "anchor")
    for name in (
        "open_invoice_id",
        "suspended_at",
        "failed_at",
        "scheduled_version",
        "scheduled_interval",
        "schedule_id",
        "ends_at",
        "anchor",
        "version",
        "interval",
    ):
        op.drop_column("subscription", name)
