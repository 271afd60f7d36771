"""What the catalog may say about destinations, and what is refused with its line."""

from __future__ import annotations

import pytest

from app.billing.catalog import CatalogError, file
from config import ROOT
from tests.factories import usd

TEXT = (ROOT / "catalog.toml").read_text()
AD = 'AD = { prefixes = ["376"], class = "raised" }'


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (AD, 'AD = { prefixes = ["376"], class = "wild" }', "countries.AD: there is no class 'wild'"),
        (AD, 'AD = { prefixes = ["+376"], class = "raised" }', "countries.AD: '.376' is no prefix"),
        (AD, 'AD = { prefixes = ["00376"], class = "raised" }', "'00376' is no prefix"),
        (AD, 'AD = { prefixes = ["44"], class = "raised" }', "'44' is a prefix of 'AD', too"),
        (AD, 'AD = { prefixes = ["376"], class = "raised", meter = "x" }', "there is no meter 'x'"),
        (AD, 'Andorra = { prefixes = ["376"], class = "raised" }', "two letters"),
        ("[destinations.ranges.premium]", "[destinations.ranges.UK]", "three or more small letters"),
        ("[destinations.ranges.premium]", "[destinations.ranges.unknown]", "three or more small letters"),
        ("[destinations.classes.raised]", "[destinations.classes.R]", "there is no class 'raised'"),
        ('otherwise = "high"', 'otherwise = ""', "otherwise: there is no class ''"),
        ('hourly = "250"', 'hourly = "a lot"', "classes.raised.hourly: 'a lot'"),
    ],
)
def test_what_is_wrong_is_refused_with_its_key(old: str, new: str, problem: str) -> None:
    assert old in TEXT
    with pytest.raises(CatalogError, match=problem):
        file.parse(TEXT.replace(old, new, 1), name="catalog.toml")


def test_classes_have_ceilings_and_whether_an_owner_opens_them() -> None:
    classes = file.parse(TEXT, name="catalog.toml").destinations.classes
    assert [(one.key, one.hourly, one.opened_by_owner, one.is_guarded) for one in classes.values()] == [
        ("standard", None, False, False),
        ("raised", usd("250"), False, True),
        ("high", usd("50"), True, True),
    ]


def test_a_version_without_destinations_is_as_before_and_countries_need_classes() -> None:
    before, after = TEXT.split("\n# Where calls go", 1)
    without = before + "\n# Plans whose" + after.split("\n# Plans whose", 1)[1]
    assert file.parse(without, name="catalog.toml").destinations.known == {}
    with pytest.raises(CatalogError, match="name the classes"):
        file.parse(without + '\n[destinations.countries]\nUS = { prefixes = ["1"], class = "x" }\n', name="x")
