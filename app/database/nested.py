"""Rows of one statement as a column of another, so that one message to the database reads both, at one moment."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Select, Text, cast, func, literal_column, select
from sqlalchemy.sql.selectable import TextualSelect

T = TypeVar("T", bound=msgspec.Struct)


class Rows(Generic[T]):
    """Rows whose columns are the fields of a struct, by their names. Made at import (`app.prepared`)."""

    def __init__(self, of: type[T]) -> None:
        self._of = of
        self._decoder = msgspec.json.Decoder(list[of])  # type: ignore[valid-type]

    def named(self) -> list[ColumnElement[Any]]:
        """The columns of a statement that is written as text."""
        return [literal_column(name) for name in self._of.__struct_fields__]

    @staticmethod
    def column(query: Select[*tuple[Any, ...]] | TextualSelect) -> ColumnElement[str | None]:
        """All rows of a query as one column, in their order; NULL where there are none."""
        rows = query.subquery("found")
        found = func.json_agg(literal_column("found"))
        return select(cast(found, Text)).select_from(rows).scalar_subquery()

    def read(self, column: str | None) -> list[T]:
        """The rows that such a column has."""
        return self._decoder.decode(column) if column is not None else []
