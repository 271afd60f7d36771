"""Billing details as they are entered: tidied up, and everything that is wrong said by field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.billing.customers import validation
from app.billing.customers.validation import LONGEST, MOST_RECIPIENTS, Details, DetailsError
from app.language import speaking
from tests.support.billing_details import HARBOR


def problems(wanted: Details) -> dict[str, str]:
    """What is wrong with details, by field."""
    with pytest.raises(DetailsError) as refused:
        validation.check(wanted)
    return refused.value.problems


def test_everything_that_is_wrong_is_said_in_one_answer() -> None:
    wrong = replace(HARBOR, line1="", country="XX", tax_id="5", emails=("missing",), purchase_order="x" * 141)
    assert problems(wrong).keys() == {"line1", "country", "tax_id", "emails", "purchase_order"}


def test_nothing_has_to_be_entered() -> None:
    assert validation.check(Details()) == Details()


def test_spaces_are_tidied_up() -> None:
    checked = validation.check(replace(HARBOR, legal_name="  Harbor \n Dental\t GmbH ", city=" Hamburg "))
    assert (checked.legal_name, checked.city) == ("Harbor Dental GmbH", "Hamburg")


@pytest.mark.parametrize(("name", "most"), LONGEST.items(), ids=list(LONGEST))
def test_each_field_takes_as_much_as_it_says_and_no_more(name: str, most: int) -> None:
    assert getattr(validation.check(replace(HARBOR, **{name: "x" * most})), name) == "x" * most
    longer = replace(HARBOR, **{name: "x" * (most + 1)})
    assert problems(longer) == {name: f"Use at most {most} characters."}


class TestAddress:
    @pytest.mark.parametrize("begun", ["line2", "region", "postal_code"])
    def test_one_that_is_begun_is_to_be_finished(self, begun: str) -> None:
        assert problems(Details(**{begun: "4"})).keys() == {"line1", "city", "country"}  # type: ignore[arg-type]

    def test_a_country_alone_is_no_address(self) -> None:
        assert problems(Details(country="DE")).keys() == {"line1", "city"}

    @pytest.mark.parametrize("code", ["EU", "ZZ", "de", "150"])
    def test_only_countries_are_countries(self, code: str) -> None:
        assert problems(replace(HARBOR, country=code)) == {"country": "Choose a country from the list."}


class TestTaxId:
    def test_a_number_needs_its_kind(self) -> None:
        assert problems(Details(tax_id="DE136695976")) == {"tax_kind": "Choose the tax ID type."}
        assert problems(Details(tax_kind="xx_vat", tax_id="1")).keys() == {"tax_kind"}

    def test_a_kind_without_a_number_is_left_out(self) -> None:
        assert validation.check(Details(tax_kind="eu_vat", tax_id=" ")) == Details()


class TestEmails:
    def test_each_is_kept_once_however_it_is_written(self) -> None:
        assert validation.check(HARBOR).emails == ("books@harbor.example", "cfo@harbor.example")

    def test_as_many_as_can_be_and_no_more(self) -> None:
        full = tuple(f"person{number}@harbor.example" for number in range(MOST_RECIPIENTS))
        assert validation.check(Details(emails=(*full, full[0].upper()))).emails == full
        assert problems(Details(emails=(*full, "more@harbor.example"))).keys() == {"emails"}

    def test_the_one_that_is_none_is_named(self) -> None:
        assert problems(Details(emails=("cfo@harbor.example", "cfo"))) == {
            "emails": "cfo isn't an email address. Enter one address per line."
        }


def test_countries_are_listed_by_name() -> None:
    names = [name for _, name in validation.countries()]
    assert names[:3] == ["Afghanistan", "Åland Islands", "Albania"]
    assert ("DE", "Germany") in validation.countries()
    with speaking("de_DE"):
        assert ("DE", "Deutschland") in validation.countries()
        assert validation.country_name("AT") == "Österreich"
        assert validation.country_name("") == ""
