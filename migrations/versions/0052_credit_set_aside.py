"""Credit set aside for campaigns in envelopes, and a reserve for what must not stop.

The wallet's row has the sums, so that a hold reads no envelope where none is open.
"""

import sqlalchemy as sa
from alembic import op

from app.database import in_use

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_WALLET = """
ALTER TABLE wallet ADD COLUMN IF NOT EXISTS set_aside_micro bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS set_aside_held_micro bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS envelope_ends_at timestamptz,
    ADD COLUMN IF NOT EXISTS reserve_micro bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS reserve_rent_days integer,
    ADD COLUMN IF NOT EXISTS is_outbound_paused boolean NOT NULL DEFAULT false;
ALTER TABLE wallet DROP CONSTRAINT IF EXISTS ck_wallet_aside_not_negative,
    ADD CONSTRAINT ck_wallet_aside_not_negative
        CHECK (set_aside_micro >= 0 AND set_aside_held_micro >= 0 AND reserve_micro >= 0) NOT VALID"""

_HOLD = """
ALTER TABLE hold ADD COLUMN IF NOT EXISTS envelope_id uuid,
    ADD COLUMN IF NOT EXISTS set_aside_micro bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS is_inbound boolean NOT NULL DEFAULT false;
ALTER TABLE hold DROP CONSTRAINT IF EXISTS ck_hold_set_aside_within_amount,
    ADD CONSTRAINT ck_hold_set_aside_within_amount CHECK (set_aside_micro BETWEEN 0 AND amount_micro) NOT VALID"""

_CHECKED = (
    "ALTER TABLE wallet VALIDATE CONSTRAINT ck_wallet_aside_not_negative",
    "ALTER TABLE hold VALIDATE CONSTRAINT ck_hold_set_aside_within_amount",
)


def upgrade():
    with op.get_context().autocommit_block():
        for statements in (_WALLET, _HOLD, *_CHECKED):
            in_use.change(op.get_bind(), statements)
    op.create_table(
        "envelope",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("campaign", sa.String(255), nullable=False),
        sa.Column("amount_micro", sa.BigInteger(), nullable=False),
        sa.Column("held_micro", sa.BigInteger(), nullable=False),
        sa.Column("spent_micro", sa.BigInteger(), nullable=False),
        sa.Column("returned_micro", sa.BigInteger(), nullable=False),
        sa.Column("cut_micro", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("has_credit", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_envelope_org_id_organization"),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_envelope"),
        sa.CheckConstraint(
            "held_micro >= 0 AND spent_micro >= 0 AND returned_micro >= 0", name="ck_envelope_not_negative"
        ),
        sa.CheckConstraint(
            "amount_micro >= held_micro + spent_micro + returned_micro", name="ck_envelope_within_amount"
        ),
    )
    op.create_index(
        "uq_envelope_open",
        "envelope",
        ["org_id", "campaign"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_envelope_ends_at", "envelope", ["ends_at"], postgresql_where=sa.text("ended_at IS NULL")
    )
    op.execute("SELECT keep_apart('envelope')")


def downgrade():
    op.drop_table("envelope")
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE hold DROP COLUMN IF EXISTS envelope_id, DROP COLUMN IF EXISTS set_aside_micro, "
            "DROP COLUMN IF EXISTS is_inbound",
        )
        in_use.change(
            op.get_bind(),
            "ALTER TABLE wallet DROP COLUMN IF EXISTS set_aside_micro, DROP COLUMN IF EXISTS set_aside_held_micro, "
            "DROP COLUMN IF EXISTS envelope_ends_at, DROP COLUMN IF EXISTS reserve_micro, "
            "DROP COLUMN IF EXISTS reserve_rent_days, DROP COLUMN IF EXISTS is_outbound_paused",
        )
