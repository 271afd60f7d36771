"""`make sbom`: what the product consists of, as a CycloneDX bill of materials in dist/.

cyclonedx-bom reads the environment, in which tests and checks are as well; only what requirements.txt pins goes in,
and what is in the repository of others: scripts that browsers load.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from config import ROOT
from dev.errors import ToolError
from dev.upkeep import pinned, tools
from dev.upkeep.outcome import CLEAN

TARGET = ROOT / "dist" / "sbom.cdx.json"
VENDORED = ROOT / "app" / "static" / "vendor" / "htmx"
_HTMX_VERSION = re.compile(r"this\.version=\"([\w.-]+)\"")

Document = dict[str, Any]


def main() -> int:
    """Write it, and say where. Raises ToolError where what is installed isn't what is pinned."""
    done = tools.run(
        "cyclonedx-py", "environment", "--pyproject", "pyproject.toml", "--output-reproducible", "--short-PURLs",
        "--output-file", "-", str(tools.PRODUCT_PYTHON),
    )  # fmt: skip
    if done.returncode:
        raise ToolError(f"cyclonedx-py can't read the environment: {done.stderr.strip()}")
    document = only_pinned(json.loads(done.stdout), pinned.pins())
    document["components"].append(htmx(VENDORED))
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(document, indent=2) + "\n")
    print(f"{TARGET.relative_to(ROOT)}: {len(document['components'])} components.")
    return CLEAN


def only_pinned(document: Document, pins: dict[str, str]) -> Document:
    """The document without what isn't pinned. Raises ToolError where something isn't installed as pinned."""
    kept = [each for each in document["components"] if pinned.normalized(each["name"]) in pins]
    versions = {pinned.normalized(each["name"]): each["version"] for each in kept}
    if wrong := sorted(name for name, version in pins.items() if versions.get(name) != version):
        raise ToolError(f"Not installed as pinned: {', '.join(wrong)}. Run `make run` once, or remove .venv.")
    root = document.get("metadata", {}).get("component", {}).get("bom-ref")
    refs = {each["bom-ref"] for each in kept} | {root}
    dependencies = [
        {
            **each,
            **(
                {"dependsOn": on} if (on := [one for one in each.get("dependsOn", ()) if one in refs]) else {}
            ),
        }
        if "dependsOn" in each
        else each
        for each in document.get("dependencies", ())
        if each["ref"] in refs
    ]
    return {**document, "components": kept, "dependencies": dependencies}


def htmx(folder: Path) -> Document:
    """The component that the repository itself has a copy of. Raises ToolError where its version can't be read."""
    found = _HTMX_VERSION.search((folder / "htmx.min.js").read_text())
    if not found:
        raise ToolError(f"{folder} doesn't say which version of htmx it is.")
    version = found[1]
    return {
        "type": "library",
        "bom-ref": f"htmx.org=={version}",
        "name": "htmx.org",
        "version": version,
        "licenses": [{"license": {"id": "0BSD"}}],
        "purl": f"pkg:npm/htmx.org@{version}",
    }
