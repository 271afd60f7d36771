"""What organizations spend by the hour, filled from the transfers of the last hundred days.

Filling locks nothing: transfers that are posted meanwhile, and those of the earlier release, are counted later by the
job that counts all others.
"""

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

# One statement, and so one view of the transfers: none is both counted and left for later.
_FILL = """
WITH first AS (
    SELECT min(first_seq) AS seq FROM wallet_line WHERE org_id = '{org_id}' AND day >= current_date - 101
), counted AS (
    INSERT INTO spend_count (org_id, seq, counted_at)
    SELECT org_id, last_seq, now() FROM wallet WHERE org_id = '{org_id}' ON CONFLICT (org_id) DO NOTHING
    RETURNING org_id, seq
)
INSERT INTO spend_hour (org_id, hour, amount_micro, first_seq)
SELECT counted.org_id, date_trunc('hour', least(posted_at, now()), 'UTC'), sum(amount_micro), min(transfer.seq)
FROM counted JOIN transfer ON transfer.org_id = counted.org_id AND transfer.seq <= counted.seq
WHERE kind = 'usage' AND transfer.seq >= (SELECT seq FROM first) AND posted_at >= now() - interval '100 days'
GROUP BY 1, 2
"""

_CORRECT = """
INSERT INTO spend_hour (org_id, hour, amount_micro, corrected_micro, first_seq)
SELECT org_id, date_trunc('hour', at, 'UTC'), 0, sum(amount_micro), 0 FROM usage_event
WHERE org_id = '{org_id}' AND corrects_id IS NOT NULL AND at >= now() - interval '100 days' GROUP BY 1, 2
ON CONFLICT (org_id, hour) DO UPDATE SET corrected_micro = excluded.corrected_micro
"""


def upgrade():
    # They refer to organizations, which can't be written meanwhile: better tried again than waited for.
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "spend_hour",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("corrected_micro", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_spend_hour_org_id_organization"),
        sa.PrimaryKeyConstraint("org_id", "hour", name="pk_spend_hour"),
        if_not_exists=True,
    )
    op.create_table(
        "spend_count",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_spend_count_org_id_organization"),
        sa.PrimaryKeyConstraint("org_id", name="pk_spend_count"),
        if_not_exists=True,
    )
    for table in ("spend_hour", "spend_count"):
        op.execute(f"SELECT keep_apart('{table}')")
    org_ids = op.get_bind().execute(sa.text("SELECT org_id FROM wallet ORDER BY 1")).scalars().all()
    with op.get_context().autocommit_block():
        # It is the more the larger a ledger is, and no one waits for it.
        in_use.change(op.get_bind(), "SET statement_timeout = 0")
        for org_id in org_ids:
            in_use.change(op.get_bind(), _FILL.format(org_id=org_id))
            in_use.change(op.get_bind(), _CORRECT.format(org_id=org_id))
        in_use.change(op.get_bind(), "RESET statement_timeout")


def downgrade():
    op.drop_table("spend_count")
    op.drop_table("spend_hour")
