"""The texts of scripts in the page's language: a page that isn't in English has those that its modules say.

Modules write them in English, in calls of `gettext` and `ngettext` (`static/js/language.js`), where `make texts`
finds them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from babel import Locale
from flask import Flask, current_app

from app import language
from app.web import joined_modules

_CALL = re.compile(
    r'\b(?:gettext|(?P<plural>ngettext))\(\s*(?P<one>"(?:[^"\\]|\\.)*")(?:,\s*(?P<many>"(?:[^"\\]|\\.)*"))?'
)
_OF_SHELL = "embed/"
"""Modules that run in pages of the shell."""
_ON_BOTH_SIDES = "embed/pages.js"
_PAYING = "paying.js"
"""What most pages don't need, and has most to say."""
_COUNTS = (*range(200), 1_000_000)
"""Numbers among which are some of each plural form (https://cldr.unicode.org/index/cldr-spec/plural-rules)."""


def init_app(app: Flask) -> None:
    """Read what modules say, and give templates `script_texts`."""
    folder = Path(app.root_path) / "static" / "js"
    sources = {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*.js"))}
    app.extensions["script_texts"] = _of_pages(
        {
            name: text
            for name, text in sources.items()
            if name == _ON_BOTH_SIDES or not name.startswith(_OF_SHELL)
        }
    )
    app.add_template_global(script_texts)


def script_texts(needs: Iterable[str]) -> str:
    """For a page that needs these modules: JSON of each text in the reader's language, by the key of the English
    one. Nothing in English."""
    if language.language_of(language.locale()) == language.SOURCE:
        return ""
    everywhere, paying = current_app.extensions["script_texts"]
    texts = everywhere + paying if _PAYING.removesuffix(".js") in needs else everywhere
    return json.dumps(dict(map(_said, texts)), ensure_ascii=False, separators=(",", ":"))


def key(text: str) -> str:
    """What a text is found by, which is shorter than itself: as `static/js/language.js` makes it."""
    return text[:8] + text[-16:]


def words_of_shell(sources: Iterable[str]) -> str:
    """What the shell's elements say, in each language but English, as a literal of JavaScript."""
    texts = sorted({one for source in sources for one, _ in calls(source)})
    offered = sorted({language.language_of(locale) for locale in language.LOCALES} - {language.SOURCE})
    words = {each: {one: language.catalog_of(each).gettext(one) for one in texts} for each in offered}
    return json.dumps(words, ensure_ascii=False)


def calls(source: str) -> Iterator[tuple[str, str]]:
    """The texts in a module: each with its plural, which most don't have."""
    for found in _CALL.finditer(source):
        yield json.loads(found["one"]), json.loads(found["many"]) if found["plural"] else ""


def _of_pages(sources: dict[str, str]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    only_paying = joined_modules.only_below(_PAYING, sources)
    everywhere = {one for name, text in sources.items() if name not in only_paying for one in calls(text)}
    paying = {one for name in only_paying for one in calls(sources[name])}
    return sorted(everywhere), sorted(paying - everywhere)


def _said(text: tuple[str, str]) -> tuple[str, str | dict[str, str]]:
    one, many = text
    catalog = language.catalog()
    if not many:
        return key(one), catalog.gettext(one)
    return key(one), {
        form: catalog.ngettext(one, many, count) for form, count in _forms(language.locale()).items()
    }


@cache
def _forms(locale: str) -> dict[str, int]:
    """A number of each plural form that the language has."""
    form_of = Locale.parse(locale).plural_form
    return {form_of(count): count for count in reversed(_COUNTS)}
