"""What the tests of commands share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests.support.synced_catalog import FILE


@pytest.fixture
def edited(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """A catalog of the application's that a test may edit."""
    file, settings = tmp_path / "catalog.toml", app.config["SETTINGS"]
    file.write_text(FILE)
    app.config["SETTINGS"] = replace(settings, catalog_path=file)
    yield file
    app.config["SETTINGS"] = settings
