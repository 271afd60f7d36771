"""The files of an archived month: events and charges as Parquet, ordered by organization, and a list of them.

Files have a part of the rows each, so that none gets too large to copy, and groups of rows whose smallest and largest
values Parquet notes: who looks for an organization reads its groups only. Any program that reads Parquet reads them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from app.retention.archive.errors import ArchiveError

VERSION = 1
LIST = "manifest.json"
EVENTS = "events"
CHARGES = "charges"

EVENT_COLUMNS = {
    "org_id": "string", "posted_at": "time", "usage_group": "string", "at": "time", "source": "string",
    "event_id": "string", "meter": "string", "quantity": "int64", "billable": "int64", "included": "int64",
    "amount_micro": "int64", "plan": "string", "version": "string", "call": "string", "campaign": "string",
    "agent": "string", "number": "string", "hold": "string", "direction": "string", "country": "string",
    "corrects_source": "string", "corrects_id": "string", "posted_on": "date",
}  # fmt: skip
_CHARGE_COLUMNS = {
    "org_id": "string", "posted_at": "time", "seq": "int64", "kind": "string", "usage_group": "string",
    "amount_micro": "int64", "day": "date", "line_id": "string", "corrects_seq": "int64", "detail": "string",
    "currency": "string",
}  # fmt: skip
COLUMNS = {EVENTS: EVENT_COLUMNS, CHARGES: _CHARGE_COLUMNS}


@dataclass(frozen=True, slots=True)
class File:
    """One file: its name, how many rows and bytes it has, and its SHA-256."""

    name: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archived month consists of. `charged` are micro-units by currency."""

    month: str
    made_at: str
    organizations: int
    charged: dict[str, int]
    files: list[File]
    version: int = VERSION

    def rows_of(self, kind: str) -> int:
        """How many events or charges there are."""
        return sum(file.rows for file in self.files if file.name.startswith(kind))


def parquet() -> Any:
    """pyarrow with its Parquet module. Raises `ArchiveError` where it isn't installed."""
    try:
        import pyarrow.parquet  # noqa: PLC0415 - an extra, and nothing else needs it
    except ModuleNotFoundError as error:
        raise ArchiveError("pyarrow isn't installed: pip install 'voice-portal-billing[archive]'.") from error
    return pyarrow


class Writer:
    """Writes the rows of one kind into as many files as they need."""

    def __init__(self, folder: Path, kind: str, *, rows_a_file: int, rows_a_group: int) -> None:
        self._arrow = parquet()
        self._folder, self._kind = folder, kind
        self._rows_a_file, self._rows_a_group = rows_a_file, rows_a_group
        self._schema = _schema(self._arrow, kind)
        self._waiting: list[dict[str, Any]] = []
        self._written, self._files = 0, 0
        self._file: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._flush()
        if self._file is not None:
            self._file.close()

    def write(self, rows: Iterable[Any]) -> None:
        """Write rows, each with the names of its columns."""
        for row in rows:
            self._waiting.append(dict(row._mapping))
            if len(self._waiting) == self._rows_a_group:
                self._flush()

    def _flush(self) -> None:
        if self._file is not None and self._written >= self._rows_a_file:
            self._file.close()
            self._file = None
        # A month without any has a file, too, which says so.
        if self._file is None and (self._waiting or not self._files):
            self._files, self._written = self._files + 1, 0
            self._file = self._arrow.parquet.ParquetWriter(
                self._folder / f"{self._kind}-{self._files:05}.parquet", self._schema, compression="zstd"
            )
        if self._file is not None and self._waiting:
            self._file.write_table(self._arrow.Table.from_pylist(self._waiting, self._schema))
            self._written += len(self._waiting)
            self._waiting.clear()


def _schema(arrow: Any, kind: str) -> Any:
    types = {"string": arrow.string(), "int64": arrow.int64(), "date": arrow.date32(),
             "time": arrow.timestamp("us", tz="UTC")}  # fmt: skip
    return arrow.schema([(name, types[kind_of]) for name, kind_of in COLUMNS[kind].items()])


def describe(
    folder: Path, month: str, *, made_at: datetime, organizations: int, charged: dict[str, int]
) -> Manifest:
    """Write the list of a folder's files, which is the last thing that is written."""
    arrow = parquet()
    found = [
        File(
            path.name,
            arrow.parquet.read_metadata(path).num_rows,
            path.stat().st_size,
            checksum(path),
        )
        for path in sorted(folder.glob("*.parquet"))
    ]
    made = Manifest(month, made_at.isoformat(), organizations, charged, found)
    (folder / LIST).write_text(json.dumps(asdict(made), indent=2) + "\n")
    return made


def read_manifest(folder: Path) -> Manifest:
    """The list of a month's files. Raises `ArchiveError` where there is none, or one of a later version."""
    try:
        found = json.loads((folder / LIST).read_text())
    except FileNotFoundError as error:
        raise ArchiveError(f"{folder} has no archived month: there is no {LIST}.") from error
    if found["version"] != VERSION:
        raise ArchiveError(f"{folder} was written in format {found['version']}, and this reads {VERSION}.")
    return Manifest(**{**found, "files": [File(**file) for file in found["files"]]})


def checksum(path: Path) -> str:
    """A file's SHA-256, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows(folder: Path, kind: str, *, org_id: str | None = None) -> Iterator[dict[str, Any]]:
    """The rows of one kind, in order; only those of one organization, if one is given."""
    arrow = parquet()
    for path in sorted(folder.glob(f"{kind}-*.parquet")):
        with arrow.parquet.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                if org_id is None or _may_have(file.metadata.row_group(number), org_id):
                    for row in file.read_row_group(number).to_pylist():
                        if org_id is None or row["org_id"] == org_id:
                            yield row


def _may_have(group: Any, org_id: str) -> bool:
    noted = group.column(0).statistics
    return noted is None or not noted.has_min_max or noted.min <= org_id <= noted.max
