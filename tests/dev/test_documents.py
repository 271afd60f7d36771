"""What the documents say is there is there, and what an operator is told to set up is what the code asks for."""

from __future__ import annotations

import re
from pathlib import Path
from pkgutil import resolve_name

import click
import pytest
from flask import Flask

from app.stripe_events.handling import HANDLERS
from demo import companies
from dev.demo import ROOT
from tests.dev.test_names_in_comments import NAME, OTHER, is_there

README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
"""Every document of the repository but those of the stand-in, which is a program of its own."""

NAMING = [path for path in DOCUMENTS if path.name != "CHANGELOG.md"]
"""Those that name what is there now; a changelog names what was there once."""

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_PATH = re.compile(r"`((?:app|demo|dev|tests|docs|migrations|stripe_sandbox|torture|benchmarks)/[\w./-]*)`")


def test_operations_lists_the_events_that_are_handled():
    block = OPERATIONS.split("Events of the webhook endpoint:")[1].split("```")[1]
    assert set(block.split()) == set(HANDLERS)


def test_operations_explains_every_error_of_the_log():
    code = "".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))
    events = set(re.findall(r"log\.(?:error|exception)\(\s*\"(\w+)\"", code))
    assert len(events) > 20
    assert [event for event in sorted(events) if f"`{event}`" not in OPERATIONS] == []


def test_operations_names_every_command(app: Flask):
    named = [OPERATIONS, (ROOT / "docs" / "platform.md").read_text(), (ROOT / "docs" / "demo.md").read_text()]
    ours = {group for group in app.cli.commands if group not in {"db", "shell", "run", "routes"}}
    commands = {
        f"flask {group} {name}" if name else f"flask {group}"
        for group in ours
        for name in getattr(app.cli.commands[group], "commands", {"": None})
    }
    assert len(commands) > 30
    assert [one for one in sorted(commands) if not any(one in text for text in named)] == []


def test_the_architecture_names_every_folder():
    """Folders of the product, and the packages of the domain."""
    named = set(re.findall(r"^(app/[\w./]+)", ARCHITECTURE, flags=re.MULTILINE))
    folders = {
        f"{path.relative_to(ROOT)}/"
        for parent in (ROOT / "app", ROOT / "app" / "billing")
        for path in parent.iterdir()
        if path.is_dir() and not path.name.startswith("__") and any(path.rglob("*.py"))
    }
    assert sorted(folders - named) == []
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_the_architecture_names_every_module_beside_the_folders():
    modules = {f"app/{path.name}" for path in (ROOT / "app").glob("*.py") if path.name != "__init__.py"}
    assert set(re.findall(r"^(app/\w+\.py)", ARCHITECTURE, flags=re.MULTILINE)) == modules


@pytest.mark.parametrize("door", sorted(set(re.findall(r"`(app(?:\.\w+){2,})`", ARCHITECTURE))))
def test_the_architecture_leads_through_doors_that_are_there(door: str):
    """`app.billing.topups.pay` is a function, `app.stripe_events.handlers` a module."""
    assert resolve_name(door) is not None


def test_the_readme_names_everyone_in_the_demo():
    assert {email for email, _name, _seats in companies.PEOPLE} <= set(
        re.findall(r"\S+@\S+\.example", README)
    )


def test_the_readme_is_short():
    assert len(README.splitlines()) < 120


def test_every_document_is_reached_from_the_readme():
    reached, left = set[Path](), [ROOT / "README.md"]
    while left:
        document = left.pop()
        if document not in reached and document.suffix == ".md":
            reached.add(document)
            left += [path for path, _ in _links(document) if path.is_file()]
    assert [str(path.relative_to(ROOT)) for path in DOCUMENTS if path not in reached] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path):
    dead = [
        f"{path.relative_to(ROOT)}#{anchor}"
        for path, anchor in _links(document)
        if not path.exists() or (anchor and anchor not in _anchors(path))
    ]
    assert dead == []


@pytest.mark.parametrize("document", NAMING, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_a_document_names_are_there(document: Path):
    named = set(_PATH.findall(document.read_text()))
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", NAMING, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_that_a_document_names_are_there(document: Path):
    named = {name for name in NAME.findall(document.read_text()) if not OTHER.fullmatch(name)}
    assert [name for name in sorted(named) if not is_there(name)] == []


@pytest.mark.parametrize("document", NAMING, ids=lambda path: str(path.relative_to(ROOT)))
def test_targets_of_make_that_a_document_names_are_there(document: Path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"^(?:[A-Z_]+=\S+ )*make ([a-z-]+)", _code(document), flags=re.MULTILINE))
    assert sorted(named - targets) == []


@pytest.mark.parametrize("document", NAMING, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_and_their_options_that_a_document_names_are_there(app: Flask, document: Path):
    said = re.findall(r"(?<![\w/-])flask ([a-z][^\n;|#]*)", _code(document).replace("\\\n", " "))
    assert [one for one in said if not _is_command(app.cli, one.split())] == []


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ("ledger check", True),
        ("jobs", True),
        ("token create --name laptop --scope usage:write", True),
        ("token create --nickname laptop", False),
        ("ledger prove", False),
        ("books check", False),
    ],
)
def test_a_command_that_was_renamed_is_found(app: Flask, said: str, there: bool):
    assert _is_command(app.cli, said.split()) is there


def _is_command(command: click.Command, words: list[str]) -> bool:
    """Whether there is a command of these words, with the options among them."""
    if isinstance(command, click.Group) and words and re.fullmatch(r"[a-z][a-z-]*", words[0]):
        found = command.commands.get(words[0])
        return found is not None and _is_command(found, words[1:])
    known = {option for one in command.params for option in one.opts} | {"--help"}
    return {word.partition("=")[0] for word in words if re.match(r"--[a-z]", word)} <= known


def _code(document: Path) -> str:
    """What a document shows as code, each piece on lines of its own."""
    pieces = _CODE.findall(document.read_text())
    return "\n".join(re.sub(r"^```\w*|[`]+$", "", piece).strip("`") for piece in pieces)


def _links(document: Path) -> list[tuple[Path, str]]:
    """Paths of the repository that a document links to, with the heading where one is named."""
    found = _LINK.findall(_CODE.sub("", document.read_text()))
    parts = [link.partition("#") for link in found if not link.startswith(("http:", "https:", "mailto:"))]
    return [((document.parent / path).resolve() if path else document, anchor) for path, _, anchor in parts]


def _anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as the sites that show Markdown make them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
