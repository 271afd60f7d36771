"""What README.md names is there."""

from __future__ import annotations

import re

import pytest

from stripe_sandbox.control_client import ControlClient
from stripe_sandbox.testing import ROOT

HERE = ROOT / "stripe_sandbox"
README = (HERE / "README.md").read_text()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(\w+(?:\.py|/))`", README))))
def test_a_folder_or_module_that_it_names_is_there(name: str) -> None:
    assert (HERE / name).exists()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))))
def test_a_link_leads_somewhere(path: str) -> None:
    assert (HERE / path).exists()


@pytest.mark.parametrize("method", sorted(set(re.findall(r"\bcontrol\.(\w+)\(", README))))
def test_the_client_can_do_what_it_shows(method: str) -> None:
    assert callable(getattr(ControlClient, method))


def test_it_lists_every_setting() -> None:
    read = set(re.findall(r"\bSANDBOX_[A-Z_]+", (HERE / "settings.py").read_text()))
    assert read
    assert read - set(re.findall(r"\bSANDBOX_[A-Z_]+", README)) == set()
