"""People are found by `email_key`, organizations by `name_key`: the address and the name in lower case, in columns.

Row-level security lets no index be used by a function that isn't leakproof, which `lower` isn't: signing in read all
people. Triggers fill both in, also for the version before. Begun again where it was stopped.
"""

from alembic import op

from app.database import in_use

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

_KEYS = {
    '"user"': ("email_key", "email", "ix_user_email_key", "(email_key)"),
    "organization": ("name_key", "name", "ix_organization_name_key", "(name_key, id)"),
}
_COLUMN = """
ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {key} text COLLATE "C";
CREATE OR REPLACE FUNCTION fill_in_{key}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.{key} := lower(NEW.{of});
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER {key} BEFORE INSERT OR UPDATE OF {of}, {key} ON {table}
    FOR EACH ROW EXECUTE FUNCTION fill_in_{key}()"""
_FILL_IN = """
UPDATE {table} SET {key} = lower({of})
WHERE id IN (SELECT id FROM {table} WHERE {key} IS NULL LIMIT 5000)"""
_LET_GO = """
DROP TRIGGER IF EXISTS {key} ON {table};
DROP FUNCTION IF EXISTS fill_in_{key}();
ALTER TABLE {table} DROP COLUMN IF EXISTS {key}"""


def upgrade():
    bind = op.get_bind()
    with op.get_context().autocommit_block():
        driver = bind.connection.driver_connection
        for table, (key, of, index, columns) in _KEYS.items():
            in_use.change(bind, _COLUMN.format(table=table, key=key, of=of))
            while driver.execute(_FILL_IN.format(table=table, key=key, of=of)).rowcount:
                pass
            _beside(driver, f"DROP INDEX CONCURRENTLY IF EXISTS {index}")
            _beside(driver, f"CREATE INDEX CONCURRENTLY {index} ON {table} {columns}")


def downgrade():
    bind = op.get_bind()
    with op.get_context().autocommit_block():
        driver = bind.connection.driver_connection
        for table, (key, _, index, _) in _KEYS.items():
            _beside(driver, f"DROP INDEX CONCURRENTLY IF EXISTS {index}")
            in_use.change(bind, _LET_GO.format(table=table, key=key))


def _beside(driver, statement):
    # Waits for those that read and write, and none of them for it.
    driver.execute("SET lock_timeout = 0")
    driver.execute(statement)
