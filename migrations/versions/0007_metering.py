"""Versions of the catalogue, plan terms, usage events in monthly partitions, refused events, leases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STATES = ("active", "captured", "released")


def upgrade():
    _catalog()
    _events()
    _totals()
    _leases()
    # An event is counted by its own key from now on. What was reported before is told by its source alone, and was
    # only ever reported by the demo.
    op.drop_table("usage_report")


def _catalog():
    op.create_table(
        "catalog_version",
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_for", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_catalog_version")),
    )
    op.create_table(
        "plan_term",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_plan_term_org_id")),
        sa.ForeignKeyConstraint(["version"], ["catalog_version.version"], name=op.f("fk_plan_term_version")),
        sa.PrimaryKeyConstraint("org_id", "starts_at", name=op.f("pk_plan_term")),
    )
    op.create_index("ix_plan_term_version", "plan_term", ["version"])


def _events():
    op.create_table(
        "usage_key",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "source", "event_id", name=op.f("pk_usage_key")),
    )
    op.create_index("ix_usage_key_at", "usage_key", ["at"])
    op.create_table(
        "usage_event",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meter", sa.String(length=60), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("billable", sa.BigInteger(), nullable=False),
        sa.Column("included", sa.BigInteger(), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("call", sa.String(length=255)),
        sa.Column("campaign", sa.String(length=255)),
        sa.Column("agent", sa.String(length=255)),
        sa.Column("number", sa.String(length=255)),
        sa.Column("hold", sa.String(length=255)),
        sa.Column("corrects_source", sa.String(length=255)),
        sa.Column("corrects_id", sa.String(length=255)),
        sa.PrimaryKeyConstraint("org_id", "at", "source", "event_id", name=op.f("pk_usage_event")),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index(
        "ix_usage_event_call",
        "usage_event",
        ["org_id", "call"],
        postgresql_where=sa.text("call IS NOT NULL"),
    )
    op.create_index(
        "ix_usage_event_corrects",
        "usage_event",
        ["org_id", "corrects_source", "corrects_id"],
        postgresql_where=sa.text("corrects_id IS NOT NULL"),
    )
    # What falls into no month that was made stays countable; `flask usage partitions` makes the months.
    op.execute("CREATE TABLE usage_event_rest PARTITION OF usage_event DEFAULT")
    op.create_table(
        "rejected_event",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text()),
        sa.Column("event_id", sa.Text()),
        sa.Column("field", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("replayed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_rejected_event")),
    )


def _totals():
    op.add_column(
        "usage_daily", sa.Column("is_correction", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    _key_of_totals("org_id", "day", "meter", "campaign", "agent", "posted_on", "is_correction")
    op.add_column("allowance", sa.Column("charged", sa.BigInteger(), server_default="0", nullable=False))


def _leases():
    op.add_column("hold", sa.Column("used_micro", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("hold", sa.Column("slice", sa.Integer(), server_default="1", nullable=False))
    op.add_column("hold", sa.Column("is_final", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.drop_constraint(op.f("ck_hold_amount_positive"), "hold", type_="check")
    op.create_check_constraint("amount_not_negative", "hold", "amount_micro >= 0")
    _allow_states((*_STATES, "expired"))
    op.create_index("ix_hold_lease", "hold", ["expires_at"], postgresql_where=sa.text("state = 'active'"))


def downgrade():
    op.create_table(
        "usage_report",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_usage_report_org_id")),
        sa.PrimaryKeyConstraint("org_id", "source", name=op.f("pk_usage_report")),
    )
    op.execute(
        "INSERT INTO usage_report (org_id, source, recorded_at)"
        " SELECT org_id, source, min(at) FROM usage_key GROUP BY org_id, source"
    )
    op.drop_index("ix_hold_lease", "hold")
    # The state that the earlier version does not know ended the hold, as a release does.
    op.execute("UPDATE hold SET state = 'released' WHERE state = 'expired'")
    _allow_states(_STATES)
    op.drop_constraint(op.f("ck_hold_amount_not_negative"), "hold", type_="check")
    # The earlier version has no hold that reserves nothing any more.
    op.execute("UPDATE hold SET state = 'captured' WHERE amount_micro = 0 AND state = 'active'")
    op.execute("UPDATE hold SET amount_micro = greatest(used_micro, 1) WHERE amount_micro = 0")
    op.create_check_constraint("amount_positive", "hold", "amount_micro > 0")
    for column in ("is_final", "slice", "used_micro"):
        op.drop_column("hold", column)
    op.drop_column("allowance", "charged")
    # The earlier version tells corrections apart in no way: they join the totals of their day.
    op.execute("""
        WITH gone AS (DELETE FROM usage_daily WHERE is_correction RETURNING *)
        INSERT INTO usage_daily AS total
        SELECT org_id, day, meter, campaign, agent, posted_on, quantity, included, amount_micro, false FROM gone
        ON CONFLICT (org_id, day, meter, campaign, agent, posted_on, is_correction) DO UPDATE SET
            quantity = total.quantity + excluded.quantity, included = total.included + excluded.included,
            amount_micro = total.amount_micro + excluded.amount_micro""")
    _key_of_totals("org_id", "day", "meter", "campaign", "agent", "posted_on")
    op.drop_column("usage_daily", "is_correction")
    for table in ("rejected_event", "usage_event", "usage_key", "plan_term", "catalog_version"):
        op.drop_table(table)


def _key_of_totals(*columns):
    op.drop_constraint(op.f("pk_usage_daily"), "usage_daily", type_="primary")
    op.create_primary_key(op.f("pk_usage_daily"), "usage_daily", list(columns))


def _allow_states(states):
    op.drop_constraint(op.f("ck_hold_holdstate"), "hold", type_="check")
    allowed = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint("holdstate", "hold", f"state IN ({allowed})")
