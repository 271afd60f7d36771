"""Where in the file something stands: the key's own line, or that of the nearest that holds it."""

from __future__ import annotations

import pytest

from app.billing.catalog import CatalogError
from app.billing.catalog.source import Source

TEXT = """version = "1"
  currency = "USD"

[plans.growth]
# price = "0"
price = "99"
[plans.growth.rates]
sms = "0.01"
[ usage ]
late_days = 3
late_days = 4
"""


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("version", 1),
        ("currency", 2),
        ("plans.growth", 4),
        ("plans.growth.price", 6),
        ("plans.growth.rates", 7),
        ("plans.growth.rates.sms", 8),
        ("plans.growth.rates.fax", 7),
        ("plans.growth.limits.agents", 4),
        ("usage", 9),
        ("usage.late_days", 10),
    ],
)
def test_the_line_is_of_the_key_or_of_the_nearest_that_holds_it(key: str, line: int) -> None:
    with pytest.raises(CatalogError) as refused:
        Source("catalog.toml", TEXT).refuse(key, "is wrong.")
    assert str(refused.value) == f"catalog.toml:{line}: {key}: is wrong."


@pytest.mark.parametrize("text", ["", TEXT])
def test_what_the_file_has_nowhere_is_said_without_a_line(text: str) -> None:
    with pytest.raises(CatalogError, match=r"^catalog\.toml: plans: there is no plan\.$"):
        Source("catalog.toml", text).refuse("plans", "there is no plan.")


def test_a_problem_of_the_whole_file_names_no_key_and_keeps_its_cause() -> None:
    cause = ValueError("line 1")
    with pytest.raises(CatalogError, match=r"^catalog\.toml: is no TOML$") as refused:
        Source("catalog.toml", TEXT).refuse("", "is no TOML", cause)
    assert refused.value.__cause__ is cause
