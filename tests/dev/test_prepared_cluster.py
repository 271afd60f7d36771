"""The cluster that test runs copy is the one that today's migrations make."""

import ast

import pytest

from config import ROOT
from dev.testing.prepared import MADE_FROM, key, lay_out

OURS = {path.stem for path in ROOT.iterdir() if path.is_dir() or path.suffix == ".py"}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def test_migrations_use_nothing_of_ours_that_it_is_not_made_from():
    made_from = tuple(name.replace("/", ".") for name in MADE_FROM)
    found = {name for path in (ROOT / "migrations" / "versions").glob("*.py") for name in imports(path)}
    ours = {name for name in found if name.partition(".")[0] in OURS}
    assert ours
    assert [name for name in sorted(ours) if not name.startswith(made_from)] == []


@pytest.mark.parametrize("name", MADE_FROM)
def test_what_it_is_made_from_is_there(name):
    assert (ROOT / name).exists()


def test_a_new_migration_makes_another(tmp_path):
    folder = tmp_path / "versions"
    folder.mkdir()
    (folder / "0001.py").write_text("one")
    before = key(tmp_path, ("versions",))
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "0001.pyc").touch()
    assert key(tmp_path, ("versions",)) == before
    (folder / "0002.py").touch()
    assert key(tmp_path, ("versions",)) != before


def test_the_stored_one_is_copied(tmp_path):
    stored = tmp_path / "store" / key() / "base"
    stored.mkdir(parents=True)
    (stored / "1").write_text("rows")
    lay_out(tmp_path / "laid out", store=tmp_path / "store")
    assert (tmp_path / "laid out" / "base" / "1").read_text() == "rows"


@pytest.mark.long
def test_what_a_killed_run_had_half_made_is_not_used(tmp_path):
    """Making goes on under another name, and is renamed in one step."""
    store = tmp_path / "store"
    (store / f"{key()}.unfinished").mkdir(parents=True)
    lay_out(tmp_path / "laid out", store=store)
    assert (tmp_path / "laid out" / "PG_VERSION").exists()
    assert [path.name for path in store.iterdir() if path.is_dir()] == [key()]
