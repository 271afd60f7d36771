"""Watching one request: the SQL statements it runs and the template it renders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, template_rendered
from jinja2 import Template
from sqlalchemy import Engine, event


@dataclass
class Recording:
    """What a request did."""

    statements: list[tuple[str, Any]] = field(default_factory=list)
    template: Template | None = None
    context: dict[str, Any] = field(default_factory=dict)


@contextmanager
def recording(app: Flask, engine: Engine) -> Iterator[Recording]:
    """Record the requests that the application answers meanwhile."""
    seen = Recording()

    def note_statement(
        _c: object, _cursor: object, statement: str, parameters: Any, _x: object, _many: bool
    ) -> None:
        seen.statements.append((statement, parameters))

    def note_template(_sender: object, template: Template, context: dict[str, Any], **_extra: object) -> None:
        seen.template, seen.context = template, context

    event.listen(engine, "before_cursor_execute", note_statement)
    try:
        with template_rendered.connected_to(note_template, app):
            yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note_statement)
