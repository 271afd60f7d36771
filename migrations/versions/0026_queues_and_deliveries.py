"""Jobs in queues by kind; deliveries to the platform in two lines, so that a state waits for nothing else."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

QUEUES = {
    "payments": ("settle_top_up", "look_after_switch", "finish_cancellation"),
    "stripe_events": ("handle_stripe_event",),
    "leases": ("end_leases",),
    "customers": ("detach_card", "tell_default_card", "tell_billing_details"),
    "sweeps": ("sweep", "sweep_platform", "sweep_mail"),
    "renewals": ("suspend_overdue",),
    "comparison": ("reconcile",),
    "messages": ("deliver_to_platform",),
    "mail": ("send_mail", "mail_password_link"),
    "maintenance": ("nightly", "tell_of_expiring_cards"),
}
STATES = ("waiting", "delivered", "failed")


def upgrade():
    for queue, tasks in QUEUES.items():
        moved = sa.text(
            "UPDATE procrastinate_jobs SET queue_name = :queue "
            "WHERE status IN ('todo', 'failed') AND queue_name = 'default' AND task_name = ANY(:tasks)"
        )
        op.execute(moved.bindparams(queue=queue, tasks=list(tasks)))
    # Locks in the queue are no longer used: a job that runs or waits must not keep back later ones with its lock.
    op.execute("UPDATE procrastinate_jobs SET lock = NULL WHERE lock IS NOT NULL")
    op.execute(
        "CREATE INDEX procrastinate_jobs_whose ON procrastinate_jobs "
        "(queue_name, (coalesce(args ->> 'org_id', args ->> 'customer'))) WHERE status = 'todo'"
    )
    op.add_column(
        "platform_delivery", sa.Column("is_state", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "platform_delivery", sa.Column("refused", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("platform_delivery", sa.Column("sending_until", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE platform_delivery SET is_state = true FROM platform_message m "
        "WHERE m.org_id = platform_delivery.org_id AND m.id = platform_delivery.message_id "
        "AND m.type IN ('calling.paused', 'calling.resumed') AND platform_delivery.state <> 'delivered'"
    )
    _allow_states(*STATES, "superseded")
    op.drop_index("ix_platform_delivery_due", "platform_delivery")
    op.create_index(
        "ix_platform_delivery_due",
        "platform_delivery",
        ["endpoint_id", "is_state", "next_try_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_platform_delivery_failed",
        "platform_delivery",
        ["position"],
        postgresql_where=sa.text("state = 'failed'"),
    )


def downgrade():
    op.drop_index("ix_platform_delivery_failed", "platform_delivery")
    op.drop_index("ix_platform_delivery_due", "platform_delivery")
    op.create_index(
        "ix_platform_delivery_due",
        "platform_delivery",
        ["next_try_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.execute("UPDATE platform_delivery SET state = 'failed' WHERE state = 'superseded'")
    _allow_states(*STATES)
    for column in ("sending_until", "refused", "is_state"):
        op.drop_column("platform_delivery", column)
    op.execute("DROP INDEX procrastinate_jobs_whose")
    op.execute(
        "UPDATE procrastinate_jobs SET task_name = 'deliver_to_platform' WHERE task_name = 'tell_calling_state'"
    )
    op.execute("UPDATE procrastinate_jobs SET queue_name = 'default' WHERE queue_name <> 'builtin'")


def _allow_states(*states):
    # Not checked against the rows that are there while the table is locked: they hold to the narrower rule.
    name = "ck_platform_delivery_deliverystate"
    op.execute(f"ALTER TABLE platform_delivery DROP CONSTRAINT {name}")
    allowed = ", ".join(f"'{state}'" for state in states)
    op.execute(f"ALTER TABLE platform_delivery ADD CONSTRAINT {name} CHECK (state IN ({allowed})) NOT VALID")
    op.execute(f"ALTER TABLE platform_delivery VALIDATE CONSTRAINT {name}")
