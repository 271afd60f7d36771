"""`make sbom`: what the product consists of, and nothing of what tests need."""

from __future__ import annotations

from typing import Any

import pytest

from dev.errors import ToolError
from dev.upkeep import sbom

PINS = {"flask": "3.1.3", "ua-parser": "1.0"}


def component(name: str, version: str) -> dict[str, Any]:
    return {"bom-ref": f"{name}=={version}", "name": name, "version": version}


def document(*components: dict[str, Any]) -> dict[str, Any]:
    refs = [each["bom-ref"] for each in components]
    return {
        "metadata": {"component": {"bom-ref": "root"}},
        "components": list(components),
        "dependencies": [{"ref": "root", "dependsOn": refs}, *({"ref": ref} for ref in refs)],
    }


def test_what_is_not_pinned_for_the_product_is_left_out_also_of_what_needs_what() -> None:
    whole = document(component("Flask", "3.1.3"), component("pytest", "9"), component("ua_parser", "1.0"))
    kept = sbom.only_pinned(whole, PINS)
    assert [each["name"] for each in kept["components"]] == ["Flask", "ua_parser"]
    assert kept["dependencies"] == [
        {"ref": "root", "dependsOn": ["Flask==3.1.3", "ua_parser==1.0"]},
        {"ref": "Flask==3.1.3"},
        {"ref": "ua_parser==1.0"},
    ]


@pytest.mark.parametrize(
    "components",
    [[component("flask", "3.1.3")], [component("flask", "3.1.3"), component("ua-parser", "0.9")]],
    ids=["missing", "another version"],
)
def test_what_is_installed_otherwise_than_pinned_makes_no_document(components: list[dict[str, Any]]) -> None:
    with pytest.raises(ToolError, match="ua-parser"):
        sbom.only_pinned(document(*components), PINS)


def test_the_script_that_browsers_load_is_a_component() -> None:
    found = sbom.htmx(sbom.VENDORED)
    assert found["purl"] == f"pkg:npm/htmx.org@{found['version']}"
    assert found["version"].startswith("4.")
