"""The queue of background jobs: procrastinate's own schema, of the version that is pinned."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    # Straight to the driver: the schema is full of `%` and `:` that are not ours to escape.
    op.get_bind().connection.driver_connection.execute(SchemaManager.get_schema())


def downgrade():
    op.execute("""
        DO $$
        DECLARE found record;
        BEGIN
            FOR found IN SELECT tablename FROM pg_tables
                         WHERE schemaname = current_schema() AND tablename LIKE 'procrastinate\\_%' LOOP
                EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', found.tablename);
            END LOOP;
            FOR found IN SELECT p.oid::regprocedure AS signature FROM pg_proc p
                         WHERE p.pronamespace = current_schema()::regnamespace
                           AND p.proname LIKE 'procrastinate\\_%' LOOP
                EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', found.signature);
            END LOOP;
            FOR found IN SELECT typname FROM pg_type
                         WHERE typnamespace = current_schema()::regnamespace AND typtype IN ('e', 'c')
                           AND typname LIKE 'procrastinate\\_%' LOOP
                EXECUTE format('DROP TYPE IF EXISTS %I CASCADE', found.typname);
            END LOOP;
        END $$""")
