"""Alerts about credit: channels, levels, who is told of what, and messages that leave for chat and SMS.

The threshold of the low-balance alert stays where it is, on the wallet: it is the amount of the first level.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

TABLES = ("alert_channel", "alert_level", "alert_choice", "alert_delivery")


def upgrade():
    # They refer to organizations and people, who can't be written meanwhile: better tried again than waited for.
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.create_table(
        "alert_channel",
        _organization(),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("user_id", sa.UUID()),
        sa.Column("address", sa.Text(), nullable=False),
        _texts("secrets"),
        sa.Column("created_by_id", sa.UUID()),
        _moment("created_at", nullable=False),
        _moment("failing_since"),
        _moment("off_at"),
        sa.Column("off_reason", sa.Text()),
        _to_organization("alert_channel"),
        *(
            sa.ForeignKeyConstraint([name], ["user.id"], name=f"fk_alert_channel_{name}_user")
            for name in ("user_id", "created_by_id")
        ),
        sa.CheckConstraint(
            "kind IN ('recipients', 'email', 'sms', 'slack', 'teams', 'webhook')",
            name="ck_alert_channel_channelkind",
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_alert_channel"),
        sa.UniqueConstraint(
            "org_id",
            "kind",
            "user_id",
            "address",
            name="uq_alert_channel_org_id_kind_user_id_address",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_alert_channel_user_id", "alert_channel", ["user_id"])
    op.create_table(
        "alert_level",
        _organization(),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("amount_micro", sa.BigInteger()),
        sa.Column("hours", sa.Integer()),
        _moment("raised_at"),
        sa.Column("times", sa.Integer(), server_default="0", nullable=False),
        _to_organization("alert_level"),
        sa.CheckConstraint(
            "kind IN ('low', 'amount', 'forecast', 'paused')", name="ck_alert_level_alertlevelkind"
        ),
        sa.CheckConstraint(
            "(kind = 'amount') = (amount_micro IS NOT NULL)", name="ck_alert_level_amount_of_amounts"
        ),
        sa.CheckConstraint(
            "(kind = 'forecast') = (hours IS NOT NULL)", name="ck_alert_level_hours_of_forecasts"
        ),
        sa.PrimaryKeyConstraint("org_id", "key", name="pk_alert_level"),
    )
    op.create_table(
        "alert_choice",
        _organization(),
        sa.Column("channel_id", sa.UUID(), nullable=False),
        sa.Column("about", sa.String(40), nullable=False),
        _to_organization("alert_choice"),
        _to_channel("alert_choice"),
        sa.PrimaryKeyConstraint("org_id", "channel_id", "about", name="pk_alert_choice"),
    )
    op.create_table(
        "alert_delivery",
        _organization(),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("channel_id", sa.UUID(), nullable=False),
        sa.Column("source", sa.String(400), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        _moment("created_at", nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        _moment("next_try_at", nullable=False),
        _moment("sending_until"),
        sa.Column("answer", sa.Text()),
        _moment("ended_at"),
        _to_organization("alert_delivery"),
        _to_channel("alert_delivery"),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'failed')", name="ck_alert_delivery_alertdeliverystate"
        ),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_alert_delivery"),
        sa.UniqueConstraint(
            "org_id", "channel_id", "source", name="uq_alert_delivery_org_id_channel_id_source"
        ),
    )
    op.create_index(
        "ix_alert_delivery_waiting",
        "alert_delivery",
        ["next_try_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    for table in TABLES:
        op.execute(f"SELECT keep_apart('{table}')")


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)


def _organization():
    return sa.Column("org_id", sa.UUID(), nullable=False)


def _to_organization(table):
    return sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=f"fk_{table}_org_id_organization")


def _to_channel(table):
    return sa.ForeignKeyConstraint(
        ["org_id", "channel_id"],
        ["alert_channel.org_id", "alert_channel.id"],
        name=f"fk_{table}_org_id_alert_channel",
    )


def _moment(name, *, nullable=True):
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _texts(name):
    return sa.Column(name, postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
