"""Tables in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click


def show(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their headings, in aligned columns."""
    for line in _lines([headings, *rows]):
        click.echo(line)


def _lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
