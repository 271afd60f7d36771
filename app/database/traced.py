"""A span for each statement that SQLAlchemy sends: its text with placeholders, never its parameters."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event

from app import tracing

_SPAN = "billing_span"
_LONGEST = 2000


def listen(engine: Engine) -> None:
    """Trace an engine's statements, if anything is traced."""
    event.listen(engine, "before_cursor_execute", _begin)
    event.listen(engine, "after_cursor_execute", _end)
    event.listen(engine, "handle_error", _fail)


def _begin(
    _connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    if tracing.is_on() and context is not None:
        word = statement.split(None, 1)[0].upper() if statement.strip() else "SQL"
        found = tracing.start(word, db__system__name="postgresql", db__query__text=statement[:_LONGEST])
        setattr(context, _SPAN, found)


def _end(
    _connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    found = getattr(context, _SPAN, None)
    if found is not None:
        found.end()


def _fail(failure: Any) -> None:
    found = getattr(failure.execution_context, _SPAN, None)
    if found is not None:
        # The error's text would have parameters in it.
        found.set_attribute("error.type", type(failure.original_exception).__name__)
        found.end()
