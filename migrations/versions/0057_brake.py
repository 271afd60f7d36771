"""The brake of auto top-up: what it stopped, what was answered, and where an organization's own differs.

At most one stop of an organization is open at any moment: the database refuses another.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade():
    # They refer to organizations, which can't be written meanwhile: better tried again than waited for.
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "brake_stop",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_micro", sa.BigInteger(), nullable=False),
        sa.Column("usual_micro", sa.BigInteger(), nullable=False),
        sa.Column("most_micro", sa.BigInteger(), nullable=False),
        sa.Column("is_known", sa.Boolean(), nullable=False),
        sa.Column("spenders", JSONB(), nullable=False),
        sa.Column("answer", sa.String(40)),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.Text()),
        sa.Column("user_id", sa.UUID()),
        sa.Column("address", sa.String(60)),
        sa.Column("up_to_micro", sa.BigInteger()),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_brake_stop_org_id_organization"),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_brake_stop"),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name="ck_brake_stop_answered_at_a_time"
        ),
        sa.CheckConstraint(
            "(answer = 'once') = (until IS NOT NULL) OR answer IS NULL", name="ck_brake_stop_once_ends"
        ),
        sa.CheckConstraint("answer IN ('once', 'for_good', 'switched_off')", name="ck_brake_stop_answer"),
    )
    op.create_index(
        "uq_brake_stop_open",
        "brake_stop",
        ["org_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_table(
        "brake",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("accepted_micro", sa.BigInteger()),
        sa.Column("charges_per_hour", sa.Integer()),
        sa.Column("charges_per_day", sa.Integer()),
        sa.Column("floor_micro", sa.BigInteger()),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_brake_org_id_organization"),
        sa.PrimaryKeyConstraint("org_id", name="pk_brake"),
        sa.CheckConstraint("charges_per_hour > 0 AND charges_per_day > 0", name="ck_brake_charges_positive"),
        sa.CheckConstraint("accepted_micro > 0 AND floor_micro >= 0", name="ck_brake_amounts_not_negative"),
    )
    for table in ("brake_stop", "brake"):
        op.execute(f"SELECT keep_apart('{table}')")


def downgrade():
    op.drop_table("brake")
    op.drop_table("brake_stop")
