"""The outbox of mails to billing recipients."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STATES = ("waiting", "sent", "failed")


def upgrade():
    op.create_table(
        "mail",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*_STATES, name="mailstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("subject", sa.Text()),
        sa.Column("text", sa.Text()),
        sa.Column("html", sa.Text()),
        sa.Column("delivered_to", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("refused", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("note", sa.Text()),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name=op.f("fk_mail_org_id")),
        sa.PrimaryKeyConstraint("org_id", "id", name=op.f("pk_mail")),
        sa.UniqueConstraint("org_id", "kind", "source", name=op.f("uq_mail_org_id_kind_source")),
    )
    op.create_index("ix_mail_waiting", "mail", ["next_try_at"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index("ix_mail_created", "mail", ["created_at"])


def downgrade():
    op.drop_table("mail")
