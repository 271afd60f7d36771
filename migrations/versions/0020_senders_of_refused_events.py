"""Who sent a refused event: what a sender may not report is never charged by a replay."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_WAITING = sa.text("replayed_at IS NULL")


def upgrade():
    op.add_column("rejected_event", sa.Column("token_id", sa.Uuid()))
    op.add_column("rejected_event", sa.Column("sender_org_id", sa.Uuid()))
    op.add_column("rejected_event", sa.Column("digest", sa.LargeBinary(length=16)))
    # Until now nothing said who sent an event. One that has an organization was let through for that one, so its sender
    # may report for that. Of any other nobody can tell whether its sender might, so it may report for none (the id of
    # no organization): it stays refused, and whoever sent it can send it again.
    op.execute("UPDATE rejected_event SET sender_org_id = org_id")
    op.create_index("ix_rejected_event_waiting", "rejected_event", ["id"], postgresql_where=_WAITING)
    op.create_index(
        "uq_rejected_event_sent",
        "rejected_event",
        ["token_id", "digest"],
        unique=True,
        postgresql_where=_WAITING,
    )
    op.create_index("ix_rejected_event_received_at", "rejected_event", ["received_at"])


def downgrade():
    # The earlier version would replay for anybody what a sender was not allowed to report.
    op.execute(
        "DELETE FROM rejected_event WHERE sender_org_id IS DISTINCT FROM org_id AND sender_org_id IS NOT NULL"
    )
    op.execute("DELETE FROM rejected_event WHERE sender_org_id = '00000000-0000-0000-0000-000000000000'")
    for index in ("ix_rejected_event_received_at", "uq_rejected_event_sent", "ix_rejected_event_waiting"):
        op.drop_index(index, "rejected_event")
    for column in ("digest", "sender_org_id", "token_id"):
        op.drop_column("rejected_event", column)
