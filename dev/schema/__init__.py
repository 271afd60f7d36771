"""The drawing of the schema in docs/schema.md: read from a migrated database, grouped, written as Mermaid."""

from dev.schema.document import DOCUMENT, document
from dev.schema.reading import read

__all__ = ["DOCUMENT", "document", "read"]
