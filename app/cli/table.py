"""Tables in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from app.text import shown_in_a_line


def show(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their headings, in aligned columns. Names that others gave stay within their cell: they move
    no cursor and begin no line."""
    for line in _lines([headings, *([shown_in_a_line(cell) for cell in row] for row in rows)]):
        click.echo(line)


def _lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
