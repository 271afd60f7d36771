"""Each script of a page is small, and the pages' own keyboard costs little of a first load."""

from __future__ import annotations

from flask import Flask

from app.web.assets import Asset

MOST_BYTES = 2_600
"""Of one module, compressed."""


def test_each_script_is_small(application: Flask) -> None:
    assets: dict[str, Asset] = application.extensions["assets"]
    weights = {name: len(asset.compressed or b"") for name, asset in assets.items() if name.startswith("js/")}
    assert len(weights) > 20
    assert {name: weight for name, weight in weights.items() if weight > MOST_BYTES} == {}
