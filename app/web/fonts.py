"""The fonts of documents. They are installed as wheels, so that a document looks the same on every machine."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

import typst

from app.web.glyphs import Coverage

_WEBLATE = ("source-sans/ttf", "kurinto/ttf")
_FACES = (
    "SourceSans3-Regular.ttf",
    "KurintoSans-Rg.ttf",
    "KurintoSansSC-Rg.ttf",
    "KurintoSansTC-Rg.ttf",
    "KurintoSansJP-Rg.ttf",
    "KurintoSansKR-Rg.ttf",
)


def _folders() -> list[Path]:
    """Source Sans 3, Kurinto Sans for the scripts that it lacks; Noto for emoji and what both lack."""
    weblate = Path(str(resources.files("weblate_fonts"))) / "static" / "weblate_fonts"
    return [*(weblate / name for name in _WEBLATE), Path(str(resources.files("manimgx_fonts")))]


@cache
def fonts() -> typst.Fonts:
    """All font files, for the typesetter."""
    folders = [str(folder) for folder in _folders()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


@cache
def families() -> tuple[str, ...]:
    """The font families in fallback order: a character is set in the first that has it."""
    known = {family for family in fonts().families() if "Italic" not in family}
    first = [
        "Source Sans 3",
        "Kurinto Sans",
        *(f"Kurinto Sans {script}" for script in ("SC", "TC", "JP", "KR")),
        "Noto Emoji",
    ]
    return (*first, *sorted(family for family in known if family.startswith("Noto") and family not in first))


@cache
def coverage() -> tuple[Coverage, ...]:
    """The coverage of each font, in fallback order."""
    files = {file.name: file for folder in _folders() for file in folder.glob("*.ttf")}
    noto = sorted(name for name in files if name.startswith("Noto") and "Italic" not in name)
    return tuple(Coverage.of(files[name]) for name in (*_FACES, *noto))
