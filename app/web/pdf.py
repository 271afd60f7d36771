"""Documents as tagged PDF (PDF/UA-1), set by Typst: its compiler and the fonts are wheels, nothing is the system's.

The fonts are Source Sans 3 and, for scripts that it lacks, Kurinto Sans, so that a name in any of them is printed.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path

import msgspec
import typst
from flask import current_app

_KEPT = 10
_FOLDERS = ("source-sans/ttf", "kurinto/ttf")


def typeset(template: str, facts: object, *, dated: datetime) -> bytes:
    """The document that `templates/documents/<template>.typ` makes of `facts`, which it reads as JSON.

    The same facts and date give the same bytes. A character that no font has (an emoji) is printed as a box and
    copied as typed; PDF/UA forbids that, so such a document is tagged alike but doesn't claim the standard.
    """
    source = (Path(current_app.root_path) / "templates" / "documents" / f"{template}.typ").read_bytes()
    try:
        return _compile(source, facts, dated, ["ua-1"])
    except typst.TypstError as error:
        if "could not be displayed with font" not in error.message:
            raise
        return _compile(source, facts, dated, [])
    finally:
        _forget()


def _compile(source: bytes, facts: object, dated: datetime, standards: list[typst.PDFStandard]) -> bytes:
    return typst.compile(
        source,
        format="pdf",
        sys_inputs={"facts": msgspec.json.encode(facts).decode()},
        font_paths=_fonts(),
        pdf_standards=standards,
        timestamp=dated.replace(microsecond=0),
    )


def _forget() -> None:
    """Free the memory of this document: Typst keeps the last ten in parts, hundreds of MB, to be fast at the next."""
    for _ in range(_KEPT):
        typst.compile(b"", format="svg", font_paths=_fonts())


@cache
def _fonts() -> typst.Fonts:
    """Those of the wheel alone, so that a document looks the same on every machine."""
    folder = resources.files("weblate_fonts") / "static" / "weblate_fonts"
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder / name) for name in _FOLDERS],
    )
