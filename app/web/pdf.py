"""Documents as tagged PDF (PDF/UA-1), set by Typst, whose compiler is installed as a wheel.

PDF/UA forbids a character without a glyph, a byte order mark and noncharacters in text (ISO 14289-1, 7.21.7 and
7.21.8), so facts are sanitized before typesetting: any stored text can be printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import structlog
import typst
from flask import current_app

from app.web.fonts import coverage, families, fonts
from app.web.glyphs import Coverage, legible

log = structlog.get_logger("billing.web")
_KEPT = 10


def typeset(template: str, facts: object, *, dated: datetime) -> bytes:
    """Typeset `templates/documents/<template>.typ` with `facts`, which it reads as JSON.

    The same facts and date give the same bytes. Characters that no font covers are printed as replacement characters.
    """
    source = (Path(current_app.root_path) / "templates" / "documents" / f"{template}.typ").read_bytes()
    try:
        return _compile(source, _legible(facts, coverage()), dated)
    except typst.TypstError as error:
        # Perhaps letters that no font combines with their marks. The first font on its own never fails.
        log.warning("document_in_first_font", template=template, error=error.message)
        return _compile(source, _legible(facts, coverage()[:1]), dated)
    finally:
        _free_memory()


def _legible(facts: object, drawn: Sequence[Coverage]) -> Any:
    """The facts for JSON, with all text sanitized."""

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return legible(value, drawn)
        if isinstance(value, dict):
            return {name: walk(inner) for name, inner in value.items()}
        return [walk(inner) for inner in value] if isinstance(value, list | tuple) else value

    return walk(msgspec.to_builtins(facts))


def _compile(source: bytes, facts: object, dated: datetime) -> bytes:
    return typst.compile(
        source,
        format="pdf",
        sys_inputs={
            "facts": msgspec.json.encode(facts).decode(),
            "fonts": msgspec.json.encode(families()).decode(),
        },
        font_paths=fonts(),
        pdf_standards=["ua-1"],
        timestamp=dated.replace(microsecond=0),
    )


def _free_memory() -> None:
    """Free the memory of this document: Typst caches parts of the last ten, hundreds of MB."""
    for _ in range(_KEPT):
        typst.compile(b"", format="svg", font_paths=fonts())
