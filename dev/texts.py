"""Brings the catalogs of messages up to date with the texts in the code: `make texts`.

Texts are found where they are written: in calls of `gettext` and its kin, in templates, and as names in the product
catalog. A translation stays as long as its English text does; a new text is added without one, and one that is gone
is removed with its translation.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app.language import FOLDER
from config import ROOT

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "marked": None,
    "ngettext": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2),
}
_WHERE = [("**.py", "python"), ("templates/**.*", "jinja2"), ("static/js/**.js", "javascript")]
_TEMPLATES = {"templates/**.*": {"newstyle_gettext": "true", "trimmed": "true", "trim_blocks": "true"}}
_NAMES = {"label", "name", "shown_as", "summary", "description"}
"""What of the product catalog people read."""
_WIDTH = 110
_NOT_KEPT = (
    b'"Report-Msgid',
    b'"POT-Creation',
    b'"PO-Revision',
    b'"Last-Translator',
    b'"Language-Team',
    b'"Generated-By',
)
"""What gettext writes into a catalog's header that the repository's history says better."""


def main() -> None:
    """Update each catalog, and say what lacks a translation."""
    found = texts()
    for path in sorted(FOLDER.glob("*.po")):
        catalog = renewed(path, found)
        path.write_bytes(written(catalog))
        missing = sum(1 for message in catalog if message.id and not is_translated(message))
        print(f"{path.name}: {len(catalog):,} texts, {missing:,} to translate")


def texts() -> Catalog:
    """The texts of the product, each with the files that have it."""
    found = Catalog(project="Voice Portal Billing", fuzzy=False)
    for name, _line, message, comments, context in extract_from_dir(
        ROOT / "app", _WHERE, _TEMPLATES, KEYWORDS, ("Translators:",), strip_comment_tags=True
    ):
        found.add(message, None, [(f"app/{name}", 0)], auto_comments=comments, context=context)
    for name in names_in_catalog(ROOT / "catalog.toml"):
        found.add(name, None, [("catalog.toml", 0)])
    return found


def names_in_catalog(path: Path) -> Iterator[str]:
    """What the product catalog calls plans, meters and the rest."""

    def walk(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            for key, value in part.items():
                if key == "over_limits":
                    yield from value.values()
                elif key == "features":
                    yield from value
                elif key in _NAMES and isinstance(value, str):
                    yield value
                else:
                    yield from walk(value)
        elif isinstance(part, list):
            for one in part:
                yield from walk(one)

    yield from walk(tomllib.loads(path.read_text()))


def renewed(path: Path, found: Catalog) -> Catalog:
    """The catalog of one language, with the texts that there are now."""
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.stem)
    catalog.update(found, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def written(catalog: Catalog) -> bytes:
    """The catalog as a file: in the order of the English texts, so that changes of one place stay in one place."""
    into = BytesIO()
    write_po(
        into,
        catalog,
        width=_WIDTH,
        sort_output=True,
        omit_header=False,
        include_lineno=False,
        ignore_obsolete=True,
    )
    lines = into.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(_NOT_KEPT))


def is_translated(message: Any) -> bool:
    """Whether the message has a translation, in each plural form."""
    said = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return all(said) and not message.fuzzy


if __name__ == "__main__":
    main()
