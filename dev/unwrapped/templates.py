"""Texts of templates outside gettext, found by Jinja's own lexer and parser and by Python's HTML parser.

What a template computes is put into its markup as a mark, so that each expression is judged by where it stands: as
text, in an attribute that people read, or in one that programs do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Any

from jinja2 import Environment, nodes

from dev.unwrapped.found import has_words, looks_like_text

READ = {
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "title",
    "placeholder",
    "alt",
    "label",
    "summary",
}
"""Attributes that people read or hear."""
READ_DATA = {"data-title", "data-text", "data-said", "data-label", "data-message"}
_GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext", "marked", "translated"}
_FOR_PROGRAMS = {
    "url_for", "static_url", "icon", "hint", "svg", "page_url", "attr", "selectattr", "rejectattr", "map", "groupby",
    "sort", "replace", "format", "default_class", "csrf",
}  # fmt: skip
"""Functions and filters whose strings aren't shown, whatever they look like."""
_BRAND = "Voice Portal"
# What a macro for a tag writes, and the name of a class.
_ATTRIBUTES = re.compile(r"[\w:-]+=(?:\"[^\"]*\"|'[^']*')|\bdata(?:-[a-z]+)+|^\s*[a-z]+(?:-[a-z]+)+\s*$")
_MARK = re.compile("\ue000(\\d+)\ue001")


def texts(source: str) -> Iterator[tuple[int, str]]:
    """The line and the words of each text in a template that isn't in gettext."""
    page = _Page(*_without_code(source))
    page.feed(page.markup)
    page.close()
    yield from page.found
    yield from _written_in_code(source)


def _environment() -> Environment:
    return Environment(
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"], autoescape=True
    )


def _without_code(source: str) -> tuple[str, list[nodes.Template]]:
    """The markup with a mark for each expression and each text in gettext, and what the expressions are."""
    environment = _environment()
    markup: list[str] = []
    expressions: list[nodes.Template] = []
    inside: list[str] = []
    kind = ""
    is_translated = False
    for _line, token, value in environment.lex(source):
        if token in {"variable_begin", "block_begin", "comment_begin", "raw_begin"}:
            kind, inside = token, []
        elif token in {"variable_end", "block_end", "comment_end", "raw_end"}:
            code = "".join(inside).strip()
            if kind == "variable_begin" and not is_translated:
                expressions.append(environment.parse("{{ " + code + " }}"))
                markup.append(f"\ue000{len(expressions) - 1}\ue001")
            elif kind == "block_begin" and code.startswith("trans") and not is_translated:
                is_translated = True
            elif kind == "block_begin" and code.startswith("endtrans"):
                is_translated = False
            kind = ""
            markup.append("\n" * sum(part.count("\n") for part in inside))
        elif kind:
            inside.append(value)
        else:
            markup.append("\n" * value.count("\n") if is_translated else value)
    return "".join(markup), expressions


class _Page(HTMLParser):
    """Collects what is text and what people read of attributes."""

    def __init__(self, markup: str, expressions: list[nodes.Template]) -> None:
        super().__init__(convert_charrefs=False)
        self.markup = markup
        self._expressions = expressions
        self.found: list[tuple[int, str]] = []
        self._is_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_code = tag in {"script", "style", "code", "kbd"}
        line = self.getpos()[0]
        kinds = dict(attrs)
        for name, value in attrs:
            is_button = name == "value" and tag == "input" and kinds.get("type") in {"submit", "button"}
            is_said = name == "content" and kinds.get("name") == "description"
            if value and (name in READ | READ_DATA or is_button or is_said):
                self._judge(line, value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._is_code = False

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self._is_code = False

    def handle_data(self, data: str) -> None:
        if not self._is_code:
            self._judge(self.getpos()[0], data)

    def _judge(self, line: int, text: str) -> None:
        before = text[: len(text) - len(text.lstrip())]
        plain = " ".join(unescape(_ATTRIBUTES.sub(" ", _MARK.sub(" ", text))).replace(_BRAND, "").split())
        if has_words(plain):
            self.found.append((line + before.count("\n"), plain))
        for mark in _MARK.finditer(text):
            at = line + text[: mark.start()].count("\n")
            self.found.extend(
                (at, said) for said in _shown(self._expressions[int(mark[1])]) if has_words(said)
            )


def _shown(expression: Any) -> Iterator[str]:
    """What an expression writes out to be shown as it is: not what it calls a function with."""
    if isinstance(expression, nodes.Const):
        if isinstance(expression.value, str):
            yield expression.value
    elif isinstance(expression, nodes.CondExpr):
        yield from _shown(expression.expr1)
        if expression.expr2 is not None:
            yield from _shown(expression.expr2)
    elif isinstance(expression, (nodes.Template, nodes.Output, nodes.Concat, nodes.Or, nodes.Add)):
        for child in expression.iter_child_nodes():
            yield from _shown(child)
    elif isinstance(expression, nodes.TemplateData):
        yield expression.data
    elif isinstance(expression, nodes.Filter) and expression.name not in _FOR_PROGRAMS and expression.node:
        yield from _shown(expression.node)


def _written_in_code(source: str) -> Iterator[tuple[int, str]]:
    """Strings in tags, and arguments of macros, that look like texts."""

    def walk(node: nodes.Node) -> Iterator[tuple[int, str]]:
        if isinstance(node, nodes.Call):
            called = node.node
            name = getattr(called, "name", getattr(called, "attr", ""))
            if name in _GETTEXT | _FOR_PROGRAMS:
                return
        if isinstance(node, nodes.Filter) and node.name in _FOR_PROGRAMS | {"translated"}:
            if node.node and node.name != "translated":
                yield from walk(node.node)
            return
        if isinstance(
            node,
            (
                nodes.Compare,
                nodes.Getitem,
                nodes.Test,
                nodes.Include,
                nodes.Import,
                nodes.FromImport,
                nodes.Extends,
            ),
        ):
            children: Any = [] if not isinstance(node, nodes.Getitem) else [node.node]
        elif isinstance(node, nodes.Pair):
            children = [node.value]
        else:
            children = node.iter_child_nodes()
        if isinstance(node, nodes.Const) and isinstance(node.value, str) and looks_like_text(node.value):
            yield node.lineno, node.value
        for child in children:
            yield from walk(child)

    yield from walk(_environment().parse(source))
