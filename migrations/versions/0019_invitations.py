"""Invitations of their own: whoever has no password yet is invited, and no longer a member; mails to one person."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# Nobody without a password has ever signed in. What they were to be, an owner or a member, is now an invitation;
# the links that were sent out end, as they set a password for whoever has them.
INVITE = """
INSERT INTO invitation (org_id, id, email, name, role, invited_by, created_at)
SELECT membership.org_id, gen_random_uuid(), "user".email,
       CASE WHEN "user".name = "user".email THEN '' ELSE "user".name END, membership.role, 'operator', "user".created_at
FROM membership JOIN "user" ON "user".id = membership.user_id WHERE "user".password_hash IS NULL
"""
LEAVE = """
DELETE FROM membership USING "user" WHERE "user".id = membership.user_id AND "user".password_hash IS NULL
"""
MAKE_PEOPLE = """
INSERT INTO "user" (id, email, name, created_at)
SELECT DISTINCT ON (lower(email)) gen_random_uuid(), email, COALESCE(NULLIF(name, ''), email), created_at
FROM invitation WHERE ended_at IS NULL ORDER BY lower(email), created_at
ON CONFLICT (lower(email)) DO NOTHING
"""
JOIN = """
INSERT INTO membership (org_id, user_id, role)
SELECT invitation.org_id, "user".id, invitation.role
FROM invitation JOIN "user" ON lower("user".email) = lower(invitation.email)
WHERE invitation.ended_at IS NULL AND "user".password_hash IS NULL ON CONFLICT DO NOTHING
"""


def upgrade():
    op.create_table(
        "invitation",
        sa.Column("org_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("invited_by_id", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.String(40), nullable=True),
        sa.CheckConstraint("role IN ('org_admin', 'member')", name="ck_invitation_invitation_role"),
        sa.CheckConstraint(
            "ended_as IN ('accepted', 'replaced', 'withdrawn')", name="ck_invitation_invitationend"
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organization.id"], name="fk_invitation_org_id_organization"),
        sa.PrimaryKeyConstraint("org_id", "id", name="pk_invitation"),
    )
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["org_id", sa.text("lower(email)")],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("uq_invitation_token_hash", "invitation", ["token_hash"], unique=True)
    op.add_column("mail", sa.Column("recipient", sa.String(254), nullable=True))
    op.execute(INVITE)
    op.execute(LEAVE)


def downgrade():
    op.execute(MAKE_PEOPLE)
    op.execute(JOIN)
    op.execute("DELETE FROM mail WHERE recipient IS NOT NULL")
    op.drop_column("mail", "recipient")
    op.drop_table("invitation")
