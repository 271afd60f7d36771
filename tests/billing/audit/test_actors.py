"""The names of actors, as people read them."""

from __future__ import annotations

import pytest

from app.billing import audit


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ("dana@harbor.example", "dana@harbor.example"),
        ("operator", "Voice Portal operator"),
        ("stripe", "Payment processor"),
        ("sign-in page", "Someone who wasn't signed in"),
        ("token my laptop", "API token “my laptop”"),
    ],
)
def test_they_are_named_for_people(actor: str, name: str) -> None:
    assert audit.display_name(actor) == name
