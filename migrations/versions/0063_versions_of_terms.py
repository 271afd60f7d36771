"""The number of a wallet's terms, which grows with all that decides by which plan, period and currency usage is rated.

A process may keep what it has read of an organization's plan as long as the number is the same. Triggers raise it, so
that no way of changing a plan can forget to, not even by hand.
"""

from alembic import op

from app.database import in_use

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

_FUNCTION = """
CREATE OR REPLACE FUNCTION raise_terms_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'organization' THEN
        UPDATE wallet SET terms_version = terms_version + 1 WHERE org_id = NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE wallet SET terms_version = terms_version + 1 WHERE org_id = OLD.org_id;
    ELSE
        UPDATE wallet SET terms_version = terms_version + 1 WHERE org_id = NEW.org_id;
    END IF;
    RETURN NULL;
END $$"""

_TRIGGERS = {
    "plan_term": "AFTER INSERT OR UPDATE OR DELETE ON plan_term FOR EACH ROW",
    "subscription": "AFTER INSERT OR DELETE OR UPDATE OF anchor, status, suspended_at, failed_at, version, "
    "promised_until ON subscription FOR EACH ROW",
    "organization": "AFTER UPDATE OF timezone, currency ON organization FOR EACH ROW",
}


def upgrade():
    with op.get_context().autocommit_block():
        in_use.change(
            op.get_bind(),
            "ALTER TABLE wallet ADD COLUMN IF NOT EXISTS terms_version bigint DEFAULT 0 NOT NULL",
        )
        in_use.change(op.get_bind(), _FUNCTION)
        for when in _TRIGGERS.values():
            in_use.change(
                op.get_bind(),
                f"CREATE OR REPLACE TRIGGER terms_changed {when} EXECUTE FUNCTION raise_terms_version()",
            )


def downgrade():
    with op.get_context().autocommit_block():
        for table in _TRIGGERS:
            in_use.change(op.get_bind(), f"DROP TRIGGER IF EXISTS terms_changed ON {table}")
        in_use.change(op.get_bind(), "DROP FUNCTION IF EXISTS raise_terms_version")
        in_use.change(op.get_bind(), "ALTER TABLE wallet DROP COLUMN IF EXISTS terms_version")
