"""`make schema`: draw the schema of a database that is made for it, migrated, read and gone again."""

from __future__ import annotations

import sys

from sqlalchemy import create_engine

from dev.errors import ToolError
from dev.schema import DOCUMENT, document, read
from dev.testing import create_database, migrate, start_cluster

_DATABASE = "schema"


def main() -> int:
    """Write the document. Returns the exit code."""
    try:
        stop = start_cluster()
        try:
            addresses = create_database(_DATABASE)
            migrate(addresses)
            with create_engine(addresses.owner).connect() as connection:
                DOCUMENT.write_text(document(read(connection)))
        finally:
            stop()
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Drawn: {DOCUMENT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
