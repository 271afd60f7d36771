"""The tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "organization",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("stripe_customer_id", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("slug", name=op.f("uq_organization_slug")),
        sa.UniqueConstraint("stripe_customer_id", name=op.f("uq_organization_stripe_customer_id")),
    )
    op.create_table(
        "rate_limit_counter",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limit_counter")),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "stripe_event",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=120), nullable=False),
        sa.Column("object_id", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "handled",
                "ignored",
                "refused",
                name="eventstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_event")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
    )
    op.create_index("uq_user_email_lower", "user", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "account",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column(
            "name",
            sa.Enum(
                "wallet",
                "stripe",
                "calling",
                "telephony",
                "models",
                "adjustments",
                name="accountname",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("balance_micro", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_account_org_id")),
        sa.PrimaryKeyConstraint("org_id", "name", name=op.f("pk_account")),
    )
    op.create_table(
        "allowance",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("meter", sa.String(length=60), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_allowance_org_id")),
        sa.PrimaryKeyConstraint("org_id", "period_start", "meter", name=op.f("pk_allowance")),
    )
    op.create_table(
        "audit_event",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_audit_event_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_audit_event")),
    )
    op.create_table(
        "hold",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "captured",
                "released",
                name="holdstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("call", sa.String(length=255), nullable=True),
        sa.Column("agent", sa.String(length=255), nullable=True),
        sa.Column("campaign", sa.String(length=255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_micro > 0", name=op.f("ck_hold_amount_positive")),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_hold_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_hold")),
        sa.UniqueConstraint("org_id", "key", name=op.f("uq_hold_org_id_key")),
    )
    op.create_index(
        "ix_hold_active",
        "hold",
        ["org_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "invoice",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stripe_id", sa.String(length=255), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "paid",
                "void",
                "uncollectible",
                name="invoicestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_invoice_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("org_id", "stripe_id", name=op.f("uq_invoice_org_id_stripe_id")),
    )
    op.create_index("ix_invoice_issued", "invoice", ["org_id", "issued_at"], unique=False)
    op.create_table(
        "membership",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("org_admin", "member", name="role", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_membership_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("org_id", "user_id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_table(
        "payment_method",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stripe_id", sa.String(length=255), nullable=False),
        sa.Column("brand", sa.String(length=40), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("exp_month", sa.Integer(), nullable=False),
        sa.Column("exp_year", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=255), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_payment_method_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_payment_method")),
        sa.UniqueConstraint("org_id", "stripe_id", name=op.f("uq_payment_method_org_id_stripe_id")),
    )
    op.create_index("ix_payment_method_stripe_id", "payment_method", ["stripe_id"], unique=False)
    op.create_index(
        "uq_payment_method_default",
        "payment_method",
        ["org_id"],
        unique=True,
        postgresql_where=sa.text("is_default AND removed_at IS NULL"),
    )
    op.create_table(
        "resource_count",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.String(length=60), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_resource_count_org_id")),
        sa.PrimaryKeyConstraint("org_id", "resource", name=op.f("pk_resource_count")),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_sign_in_session_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sign_in_session_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_session")),
    )
    op.create_index(op.f("ix_sign_in_session_user_id"), "sign_in_session", ["user_id"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("plan", sa.String(length=60), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "past_due",
                "canceled",
                name="subscriptionstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("scheduled_plan", sa.String(length=60), nullable=True),
        sa.Column("failed_on", sa.Date(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("stripe_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_subscription_org_id")),
        sa.PrimaryKeyConstraint("org_id", name=op.f("pk_subscription")),
    )
    op.create_table(
        "usage_daily",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("meter", sa.String(length=60), nullable=False),
        sa.Column("campaign", sa.String(length=255), nullable=False),
        sa.Column("agent", sa.String(length=255), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("included", sa.BigInteger(), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_usage_daily_org_id")),
        sa.PrimaryKeyConstraint(
            "org_id", "day", "meter", "campaign", "agent", "posted_on", name=op.f("pk_usage_daily")
        ),
    )
    op.create_index("ix_usage_daily_posted", "usage_daily", ["org_id", "posted_on"], unique=False)
    op.create_table(
        "usage_report",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_usage_report_org_id")),
        sa.PrimaryKeyConstraint("org_id", "source", name=op.f("pk_usage_report")),
    )
    op.create_table(
        "wallet",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("posted_micro", sa.BigInteger(), nullable=False),
        sa.Column("held_micro", sa.BigInteger(), nullable=False),
        sa.Column("low_threshold_micro", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "low",
                "paused",
                name="callingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("held_micro >= 0", name=op.f("ck_wallet_held_not_negative")),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_wallet_org_id")),
        sa.PrimaryKeyConstraint("org_id", name=op.f("pk_wallet")),
    )
    op.create_table(
        "wallet_line",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "top_up",
                "refund",
                "refund_reversal",
                "dispute",
                "dispute_reversal",
                "usage",
                "adjustment",
                "credit",
                name="transferkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "usage_group",
            sa.Enum(
                "calling",
                "telephony",
                "models",
                name="usagegroup",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("top_up_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_wallet_line_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_wallet_line")),
        sa.UniqueConstraint("org_id", "seq", name=op.f("uq_wallet_line_org_id_seq")),
    )
    op.create_index("ix_wallet_line_kind", "wallet_line", ["org_id", "kind", "seq"], unique=False)
    op.create_index(
        "uq_wallet_line_usage",
        "wallet_line",
        ["org_id", "day", "usage_group"],
        unique=True,
        postgresql_where=sa.text("usage_group IS NOT NULL"),
    )
    op.create_table(
        "top_up",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "review",
                "paying",
                "action",
                "succeeded",
                "declined",
                "canceled",
                name="topupstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("payment_method_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("payment_intent_id", sa.String(length=255), nullable=True),
        sa.Column("charge_id", sa.String(length=255), nullable=True),
        sa.Column("decline_code", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paying_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_micro > 0", name=op.f("ck_top_up_amount_positive")),
        sa.ForeignKeyConstraint(
            ["org_id", "payment_method_id"],
            ["payment_method.org_id", "payment_method.id"],
            name=op.f("fk_top_up_org_id_payment_method_id"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_top_up_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_top_up")),
        sa.UniqueConstraint("org_id", "payment_intent_id", name=op.f("uq_top_up_org_id_payment_intent_id")),
    )
    op.create_index(
        "ix_top_up_open",
        "top_up",
        ["org_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('paying', 'action', 'declined')"),
    )
    op.create_index("ix_top_up_payment_intent", "top_up", ["payment_intent_id"], unique=False)
    op.create_table(
        "transfer",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column(
            "debit",
            sa.Enum(
                "wallet",
                "stripe",
                "calling",
                "telephony",
                "models",
                "adjustments",
                name="debit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "credit",
            sa.Enum(
                "wallet",
                "stripe",
                "calling",
                "telephony",
                "models",
                "adjustments",
                name="credit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("balance_after_micro", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "top_up",
                "refund",
                "refund_reversal",
                "dispute",
                "dispute_reversal",
                "usage",
                "adjustment",
                "credit",
                name="transferkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("line_after_micro", sa.BigInteger(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_micro > 0", name=op.f("ck_transfer_amount_positive")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_transfer_two_accounts")),
        sa.ForeignKeyConstraint(
            ["org_id", "credit"], ["account.org_id", "account.name"], name="fk_transfer_credit"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "debit"], ["account.org_id", "account.name"], name="fk_transfer_debit"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "line_id"],
            ["wallet_line.org_id", "wallet_line.id"],
            name=op.f("fk_transfer_org_id_line_id"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_transfer_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("org_id", "kind", "source", name=op.f("uq_transfer_org_id_kind_source")),
        sa.UniqueConstraint("org_id", "seq", name=op.f("uq_transfer_org_id_seq")),
    )
    op.create_index("ix_transfer_line", "transfer", ["org_id", "line_id", "seq"], unique=False)


def downgrade():
    op.drop_index("ix_transfer_line", table_name="transfer")
    op.drop_table("transfer")
    op.drop_index("ix_top_up_payment_intent", table_name="top_up")
    op.drop_index(
        "ix_top_up_open",
        table_name="top_up",
        postgresql_where=sa.text("status IN ('paying', 'action', 'declined')"),
    )
    op.drop_table("top_up")
    op.drop_index(
        "uq_wallet_line_usage", table_name="wallet_line", postgresql_where=sa.text("usage_group IS NOT NULL")
    )
    op.drop_index("ix_wallet_line_kind", table_name="wallet_line")
    op.drop_table("wallet_line")
    op.drop_table("wallet")
    op.drop_table("usage_report")
    op.drop_index("ix_usage_daily_posted", table_name="usage_daily")
    op.drop_table("usage_daily")
    op.drop_table("subscription")
    op.drop_index(op.f("ix_sign_in_session_user_id"), table_name="sign_in_session")
    op.drop_table("sign_in_session")
    op.drop_table("resource_count")
    op.drop_index(
        "uq_payment_method_default",
        table_name="payment_method",
        postgresql_where=sa.text("is_default AND removed_at IS NULL"),
    )
    op.drop_index("ix_payment_method_stripe_id", table_name="payment_method")
    op.drop_table("payment_method")
    op.drop_index(op.f("ix_membership_user_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index("ix_invoice_issued", table_name="invoice")
    op.drop_table("invoice")
    op.drop_index("ix_hold_active", table_name="hold", postgresql_where=sa.text("state = 'active'"))
    op.drop_table("hold")
    op.drop_table("audit_event")
    op.drop_table("allowance")
    op.drop_table("account")
    op.drop_index("uq_user_email_lower", table_name="user")
    op.drop_table("user")
    op.drop_table("stripe_event")
    op.drop_table("rate_limit_counter")
    op.drop_table("organization")
