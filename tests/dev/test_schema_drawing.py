"""docs/schema.md is what the migrations make."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from dev.errors import ToolError
from dev.schema import DOCUMENT, document, read
from dev.schema.reading import Table
from dev.testing import TEMPLATE, create_database, drop_database


@pytest.fixture(scope="module")
def tables(process_name: str) -> list[Table]:
    """The tables of a database that was migrated and nothing else."""
    name = f"schema_{process_name}"
    addresses = create_database(name, template=TEMPLATE)
    with create_engine(addresses.owner, poolclass=NullPool).connect() as connection:
        found = read(connection)
    drop_database(name)
    return found


def test_the_drawing_is_of_the_newest_migration(tables: list[Table]):
    assert DOCUMENT.read_text() == document(tables), "Run `make schema`."


def test_every_table_is_drawn_once_with_every_column(tables: list[Table]):
    drawn = re.findall(
        r'^    "(\w+)" \{\n(.*?)\n    \}', DOCUMENT.read_text(), flags=re.MULTILINE | re.DOTALL
    )
    of_ours = [one for one in tables if not one.name.startswith(("procrastinate_", "alembic_"))]
    assert sorted(name for name, _ in drawn) == [one.name for one in of_ours]
    columns = {name: [line.split()[1] for line in body.splitlines()] for name, body in drawn}
    assert columns == {one.name: [column.name for column in one.columns] for one in of_ours}


def test_keys_between_tables_are_drawn(tables: list[Table]):
    """The ledger's two accounts, and a hold's part of an allowance."""
    lines = document(tables).splitlines()
    assert '    "transfer" }o--|| "account" : "debit"' in lines
    assert '    "transfer" }o--|| "account" : "credit"' in lines
    assert '    "hold_allowance" }o--|| "hold" : "hold_id"' in lines


def test_a_table_without_a_group_is_not_left_out_silently(tables: list[Table]):
    with pytest.raises(ToolError, match="newcomer"):
        document([*tables, replace(tables[0], name="newcomer")])
