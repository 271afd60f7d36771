"""Which files are read, and what in them a person sees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from dev.demo import ROOT

CODE = ("app", "demo", "shell_demo", "dev", "tests", "benchmarks", "torture", "stripe_sandbox", "docs")
"""Folders that are read, as far as they are there, and the files beside them."""

_ENDINGS = {
    ".py",
    ".html",
    ".jinja",
    ".txt",
    ".xml",
    ".typ",
    ".md",
    ".js",
    ".css",
    ".toml",
    ".example",
    ".in",
    "",
}
_LEFT_OUT = {"vendor", "screenshots", "__pycache__", "results"}
_NOT_OURS = {
    "docs/glossary.md",
    "docs/schema.md",
    "app/pages/synonyms.py",
    "docs/translating.md",
    "dev/words/glossary.py",
    "tests/test_words.py",
    "requirements.in",
    "requirements-dev.in",
}
_PAGES = ("app/pages/", "app/templates/", "demo/dev_mail/", "shell_demo/templates/")
_SAYS_ITS_DOCSTRINGS = ("app/cli/", "app/api/", "demo/cli/")
_SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|WHERE|FROM|JOIN)\b")
_UNSEEN = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
_EXPRESSION = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`")


def files() -> Iterator[tuple[str, str]]:
    """Path and text of every file that we write by hand; migrations stay as they are."""
    for path in sorted([*ROOT.iterdir(), *(one for folder in CODE for one in (ROOT / folder).rglob("*"))]):
        name = path.relative_to(ROOT).as_posix()
        is_hidden = path.name.startswith(".") and path.name not in {".env.example", ".importlinter"}
        if not path.is_file() or is_hidden or name in _NOT_OURS or _LEFT_OUT & set(path.parts):
            continue
        if path.suffix in _ENDINGS or path.name in {".env.example", ".importlinter"}:
            yield name, path.read_text(errors="replace")


def seen(name: str, text: str) -> str:
    """What a person sees of a file: prose of documents, text of pages and emails, messages, help of commands."""
    if name.startswith("tests/"):
        return ""
    match Path(name).suffix:
        case ".md" | ".example" | ".toml":
            return text
        case ".html" | ".jinja" | ".xml" | ".typ" | ".txt":
            return _template(text)
        case ".js":
            return "\n".join(one for one in _QUOTED.findall(text) if " " in one.strip())
        case ".py":
            return "\n".join(_strings(name, text))
    return ""


def _template(text: str) -> str:
    shown = _UNSEEN.sub(" ", text)
    return _EXPRESSION.sub(lambda found: " " + " … ".join(_QUOTED.findall(found[0])) + " ", shown)


def _strings(name: str, text: str) -> Iterator[str]:
    """Texts of more than a word that aren't SQL, and docstrings where those are shown."""
    tree = ast.parse(text)
    docstrings = {id(node) for node in _docstrings(tree)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) in docstrings and not name.startswith(_SAYS_ITS_DOCSTRINGS):
            continue
        if " " in node.value.strip() and not _SQL.search(node.value):
            yield node.value


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Docstrings, and the texts that stand behind an attribute to explain it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for child in node.body:
                if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                    yield child.value
