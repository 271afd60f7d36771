"""`make licenses`: what is allowed, by what a package is used for."""

from __future__ import annotations

import pytest

from dev.upkeep.licenses import Allowed, Package, find_refused, read_list

ALLOWED = Allowed(frozenset({"MIT", "BSD-3-Clause"}), frozenset({"GPL-3.0"}), {"odd": "MIT"})


@pytest.mark.parametrize(
    ("license_", "with_the_product", "with_tools"),
    [
        ("MIT", True, True),
        ("GPL-3.0", False, True),
        ("MIT AND BSD-3-Clause", True, True),
        ("MIT AND GPL-3.0", False, True),
        ("GPL-3.0 OR MIT", True, True),
        ("MIT AND (GPL-3.0 OR BSD-3-Clause)", True, True),
        ("MIT; GPL-3.0", False, True),
        ("Proprietary", False, False),
        ("UNKNOWN", False, False),
    ],
)
def test_what_is_passed_on_may_come_under_fewer_licenses(
    license_: str, with_the_product: bool, with_tools: bool
) -> None:
    passed_on, tool = Package("a", "1", license_, True), Package("a", "1", license_, False)
    assert find_refused([passed_on, tool], ALLOWED) == [
        *([] if with_the_product else [passed_on]),
        *([] if with_tools else [tool]),
    ]


def test_a_package_whose_own_words_say_too_little_is_listed_with_what_its_file_says() -> None:
    assert find_refused([Package("odd", "1", "see LICENSE", True)], ALLOWED) == []


def test_nothing_that_forces_its_license_on_the_product_is_on_its_list() -> None:
    strong = [
        name for name in read_list().product if "GPL" in name and "Lesser" not in name and "LGPL" not in name
    ]
    assert strong == []
