"""Facts go through JSON in the outbox."""

from __future__ import annotations

import pytest

from app.notify.emails import Email, pack, unpack
from config import ROOT
from tests.notify.emails.samples import EMAILS, NAMES


@pytest.mark.parametrize("email", EMAILS, ids=NAMES)
def test_its_facts_survive_the_outbox(email: Email) -> None:
    assert unpack(email.kind, pack(email)) == email


def test_every_template_is_of_a_kind_that_is_among_the_samples() -> None:
    templates = {path.stem for path in (ROOT / "app/templates/mail").glob("[!_]*.jinja")}
    assert templates == set(NAMES)


def test_another_kind_is_unknown() -> None:
    with pytest.raises(KeyError):
        unpack("email", {})
