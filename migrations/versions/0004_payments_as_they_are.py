"""Cards that fail or pay once, disputes, events that failed, reconciliation runs, billing recipients."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_STATES = ("received", "handled", "ignored", "refused")


def upgrade():
    op.add_column(
        "organization",
        sa.Column("billing_emails", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column(
        "payment_method", sa.Column("is_kept", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.add_column("payment_method", sa.Column("failing_since", sa.DateTime(timezone=True)))
    op.add_column("payment_method", sa.Column("failing_code", sa.String(length=60)))
    _upgrade_events()
    op.create_table(
        "dispute",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("stripe_id", sa.String(length=255), nullable=False),
        sa.Column("top_up_id", sa.Uuid(), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence_due_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_dispute_org_id")),
        sa.ForeignKeyConstraint(
            ["org_id", "top_up_id"], ["top_up.org_id", "top_up.id"], name=op.f("fk_dispute_org_id_top_up_id")
        ),
        sa.PrimaryKeyConstraint("org_id", "stripe_id", name=op.f("pk_dispute")),
    )
    op.create_index("ix_dispute_top_up", "dispute", ["org_id", "top_up_id"])
    op.create_table(
        "reconciliation_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("last_event_id", sa.String(length=255)),
        sa.Column("checked", postgresql.JSONB(), nullable=False),
        sa.Column("mended", postgresql.JSONB(), nullable=False),
        sa.Column("findings", postgresql.JSONB(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_run")),
    )


def _upgrade_events():
    op.add_column("stripe_event", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    op.add_column("stripe_event", sa.Column("next_try_at", sa.DateTime(timezone=True)))
    _allow_states((*_STATES, "failed"))
    op.create_index(
        "ix_stripe_event_open",
        "stripe_event",
        ["received_at"],
        postgresql_where=sa.text("state IN ('received', 'failed')"),
    )


def downgrade():
    op.drop_table("reconciliation_run")
    op.drop_table("dispute")
    op.drop_index("ix_stripe_event_open", "stripe_event")
    # The state that the earlier version does not know becomes the one by which it asks for attention.
    op.execute("UPDATE stripe_event SET state = 'refused' WHERE state = 'failed'")
    _allow_states(_STATES)
    op.drop_column("stripe_event", "next_try_at")
    op.drop_column("stripe_event", "attempts")
    op.drop_column("payment_method", "failing_code")
    op.drop_column("payment_method", "failing_since")
    # A card that was entered for one top-up only must not be listed: the earlier version hides what was removed.
    op.execute("UPDATE payment_method SET removed_at = now() WHERE NOT is_kept AND removed_at IS NULL")
    op.drop_column("payment_method", "is_kept")
    op.drop_column("organization", "billing_emails")


def _allow_states(states):
    op.drop_constraint(op.f("ck_stripe_event_eventstate"), "stripe_event", type_="check")
    allowed = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint("eventstate", "stripe_event", f"state IN ({allowed})")
