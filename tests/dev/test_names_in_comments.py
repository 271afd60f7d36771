"""What comments and docstrings point to is there: they outlive a move unseen, because nothing runs them."""

from __future__ import annotations

import re
from pathlib import Path
from pkgutil import resolve_name

import pytest

from dev.demo import ROOT

FOLDERS = ("app", "benchmarks", "demo", "dev", "stripe_sandbox", "tests", "torture")
NAME = re.compile(rf"`((?:{'|'.join(FOLDERS)})(?:\.\w+)+)(?:\(\))?`")
OTHER = re.compile(r"app\.(?:org_ids?(?:_\w+)?|token_id|css|portal\.example)")
"""Settings of the database, a stylesheet and an address, which look like modules."""


def is_there(name: str) -> bool:
    """Whether a module has this name, or something in one."""
    try:
        resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


@pytest.mark.parametrize("folder", FOLDERS)
def test_comments_name_what_is_there(folder: str) -> None:
    files = [path for kind in ("py", "html", "txt") for path in Path(ROOT / folder).rglob(f"*.{kind}")]
    named = {(path, name) for path in files for name in NAME.findall(path.read_text())}
    gone = {
        f"{path.relative_to(ROOT)}: {name}"
        for path, name in named
        if not OTHER.fullmatch(name) and not is_there(name)
    }
    assert gone == set()


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("app.billing.wallet.ledger", True),
        ("app.billing.wallet.ledger.lock", True),
        ("app.billing.wallet.ledger.take", False),
        ("app.webhooks.handling", False),
        ("app.nowhere", False),
    ],
)
def test_a_name_that_moved_is_found(name: str, there: bool) -> None:
    assert is_there(name) is there
