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

_FOLDERS = ("source-sans/ttf", "kurinto/ttf")


def typeset(template: str, facts: object, *, dated: datetime) -> bytes:
    """The document that `templates/documents/<template>.typ` makes of `facts`, which it reads as JSON.

    The same facts and date give the same bytes. A character that no font has (an emoji) is printed as a box and
    copied as typed; PDF/UA forbids that, so such a document is tagged alike but doesn't claim the standard.
    """
    source = (Path(current_app.root_path) / "templates" / "documents" / f"{template}.typ").read_bytes()
    inputs = {"facts": msgspec.json.encode(facts).decode()}
    try:
        return typst.compile(
            source,
            format="pdf",
            sys_inputs=inputs,
            font_paths=_fonts(),
            pdf_standards=["ua-1"],
            timestamp=dated,
        )
    except typst.TypstError as error:
        if "could not be displayed with font" not in error.message:
            raise
        return typst.compile(source, format="pdf", sys_inputs=inputs, font_paths=_fonts(), timestamp=dated)


@cache
def _fonts() -> typst.Fonts:
    """Those of the wheel alone, so that a document looks the same on every machine."""
    folder = resources.files("weblate_fonts") / "static" / "weblate_fonts"
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder / name) for name in _FOLDERS],
    )
