"""Tax ids: checked by the rules of their kind, and written in one way."""

from __future__ import annotations

import pytest

from app.billing.customers import tax_ids
from app.billing.customers.tax_ids import KINDS, TaxIdError, TaxKind


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_each_kind_takes_its_example_and_no_other_digits(kind: TaxKind) -> None:
    assert tax_ids.normal(kind, f" {kind.example} ") == kind.example
    with pytest.raises(TaxIdError, match="look like"):
        tax_ids.normal(kind, "12")


def test_a_wrong_digit_is_told_apart_from_another_shape() -> None:
    with pytest.raises(TaxIdError, match="check digit"):
        tax_ids.normal(KINDS["eu_vat"], "DE136695975")
    with pytest.raises(TaxIdError, match="isn't a valid number"):
        tax_ids.normal(KINDS["eu_vat"], "DE13669597")


@pytest.mark.parametrize(
    ("kind", "typed", "written"),
    [
        ("eu_vat", "de 136.695.976", "DE136695976"),
        ("us_ein", "911144442", "91-1144442"),
        ("gb_vat", "980 7806 84", "GB980780684"),
        ("gb_vat", "GB980780684", "GB980780684"),
        ("br_cnpj", "16727230000197", "16.727.230/0001-97"),
        ("no_vat", "995 525 828 MVA", "995525828MVA"),
    ],
)
def test_however_it_was_typed_it_is_written_in_one_way(kind: str, typed: str, written: str) -> None:
    assert tax_ids.normal(KINDS[kind], typed) == written
    assert tax_ids.normal(KINDS[kind], written) == written


@pytest.mark.parametrize("typed", ["", " ", "911144442", "GB980780684", "DE136695976\u0661"])
def test_what_is_of_another_kind_is_refused(typed: str) -> None:
    with pytest.raises(TaxIdError):
        tax_ids.normal(KINDS["eu_vat"], typed)
