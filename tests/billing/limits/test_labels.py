"""What limits are called."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.limits import labels
from app.language import speaking
from app.models import LimitSubject, LimitWindow
from tests.support.pseudo import LEFT_TO_RIGHT, speaking_pseudo

ORGANIZATION, CAMPAIGN, AGENT, CLASS = LimitSubject


@pytest.mark.parametrize(
    ("subject", "name", "long", "short"),
    [
        (ORGANIZATION, "", "Whole organization", "all new calls"),
        (CAMPAIGN, "Spring recall", "Campaign Spring recall", "Spring recall"),
        (AGENT, "Ava", "Agent Ava", "Ava"),
        (CLASS, "high", "High risk destinations", "calls to high risk destinations"),
        (CLASS, "gone", "gone destinations", "calls to gone destinations"),
    ],
)
def test_each_subject_has_a_name(app: Flask, subject: LimitSubject, name: str, long: str, short: str) -> None:
    assert labels.subject_label(subject, name) == long
    assert labels.short_label(subject, name) == short


def test_each_window_has_its_words() -> None:
    assert set(labels.PER) == set(labels.THIS) == set(LimitWindow)


def test_what_is_stored_is_in_english_in_any_language(app: Flask) -> None:
    with speaking_pseudo(), speaking(LEFT_TO_RIGHT):
        assert labels.subject_label(ORGANIZATION, "").startswith("«")
        assert labels.stored_label(ORGANIZATION, "") == "Whole organization"
        assert labels.stored_label(CLASS, "high") == "High risk destinations"
