"""Transfers are only ever added: a trigger refuses to change or delete one."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: post a correcting transfer instead of %', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END $$""")
    op.execute("""
        CREATE TRIGGER transfer_is_append_only BEFORE UPDATE OR DELETE ON transfer
        FOR EACH ROW EXECUTE FUNCTION refuse_change()""")
    op.execute("""
        CREATE TRIGGER audit_event_is_append_only BEFORE UPDATE OR DELETE ON audit_event
        FOR EACH ROW EXECUTE FUNCTION refuse_change()""")


def downgrade():
    op.execute("DROP TRIGGER audit_event_is_append_only ON audit_event")
    op.execute("DROP TRIGGER transfer_is_append_only ON transfer")
    op.execute("DROP FUNCTION refuse_change()")
