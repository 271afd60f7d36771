"""The wheel: what it has, what it needs, and that it runs by itself in an environment of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from config import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOT_IN_IT = ("demo", "dev", "tests", "benchmarks", "torture", "shell_demo", "stripe_sandbox")


@pytest.fixture(scope="module")
def setup() -> ModuleType:
    spec = importlib.util.spec_from_file_location("setup_of_package", ROOT / "setup.py")
    assert spec and spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def tracked(*folders: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z", *folders],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_it_needs_the_tested_versions_and_nothing_of_the_demo(setup: ModuleType) -> None:
    found = setup.dependencies()
    names = {pin.partition("==")[0] for pin in found}
    assert {"flask", "psycopg-binary", "prometheus-client", "gunicorn"} <= names
    assert all("==" in pin for pin in found)
    assert not names & setup.ONLY_FOR_THE_DEMO
    pinned = {line.partition("==")[0] for line in (ROOT / "requirements.txt").read_text().splitlines()}
    assert pinned >= setup.ONLY_FOR_THE_DEMO, "What isn't required any more needs no exception."


def test_every_module_beside_the_packages_is_in_it() -> None:
    """But for those that only build it."""
    beside = {path.stem for path in ROOT.glob("*.py")} - {"setup", "gunicorn.conf"}
    assert set(PROJECT["tool"]["setuptools"]["py-modules"]) == beside


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, since building leaves folders behind."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    names = tracked(
        "app", "migrations", "*.py", "catalog.toml", "pyproject.toml", "README.md", "requirements.txt"
    )
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in names:
            archive.add(ROOT / name, name)
    packed.seek(0)
    with tarfile.open(fileobj=packed) as archive:
        archive.extractall(source, filter="data")
    words = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(built), "."]
    subprocess.run([sys.executable, "-m", "pip", *words], cwd=source, check=True)
    [found] = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An environment with the wheel, and the packages that the tests run on; away from the repository."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    words = ["--python", str(python), "install", "--quiet", "--no-deps", "--no-compile", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    [packages] = (folder / "venv" / "lib").glob("python3*/site-packages")
    [tested] = [path for path in sys.path if path.endswith("site-packages")][:1]
    (packages / "tested.pth").write_text(f"{tested}\n")
    yield folder


def run(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [str(folder / "venv" / "bin" / "voice-portal-billing"), *words]
    clean = {"PATH": os.defpath, "HOME": str(folder), **environment}
    return subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False)


@pytest.mark.long
def test_everything_that_the_product_is_made_of_is_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert set(tracked("app", "migrations")) <= names
    assert {"catalog.toml", "gunicorn.conf.py", "wsgi.py"} <= names
    assert not {name for name in names if name.partition("/")[0] in NOT_IN_IT}


@pytest.mark.long
def test_installed_it_says_what_it_needs(installed: Path) -> None:
    listed = run(installed, "--help")
    assert listed.returncode == 0, listed.stderr
    assert "doctor" in listed.stdout and "serve" in listed.stdout
    said = run(installed, "doctor", "--json", "--only", "settings", "--only", "catalog", APP_ENV="production")
    assert said.returncode == 1, said.stderr
    checks = {check["name"]: check for check in json.loads(said.stdout)["checks"]}
    assert checks["settings"]["status"] == "problem"
    assert "DATABASE_URL isn't set" in checks["catalog"]["findings"][0]["text"], "the catalog itself was read"
    refused = run(installed, "worker", APP_ENV="production")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Can't start: SECRET_KEY is not set.")
