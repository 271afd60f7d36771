"""Sums as they are stored: what goes in comes out, to the micro-unit, with words and kinds."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from app.billing.invoices import packed_sums
from app.money import Money
from app.payments.invoice_sums import SumKind, SumLine, Sums


@st.composite
def any_sums(draw: st.DrawFn) -> Sums:
    currency = draw(st.sampled_from(["USD", "JPY", "KWD"]))
    money = st.integers(-(10**15), 10**15).map(lambda micro: Money(micro, currency))
    lines = st.lists(st.builds(SumLine, st.text(max_size=20), money, st.sampled_from(SumKind)), max_size=5)
    return Sums(tuple(draw(lines)), draw(money), draw(money))


@settings(max_examples=25, deadline=None)
@given(sums=any_sums())
def test_what_is_packed_comes_out_as_it_was(sums: Sums) -> None:
    assert packed_sums.unpack(json.loads(json.dumps(packed_sums.pack(sums)))) == sums


def test_lines_that_were_stored_before_kinds_are_charges() -> None:
    (line,) = packed_sums.unpack_lines([{"words": "Growth plan", "micro": 99_000_000}], "USD")
    assert line == SumLine("Growth plan", Money(99_000_000, "USD"), SumKind.CHARGE)


def test_an_included_tax_is_still_one_that_adds_nothing() -> None:
    tax = SumLine("VAT 19% included", Money(19, "EUR"), SumKind.INCLUDED_TAX)
    (found,) = packed_sums.unpack_lines(packed_sums.pack_lines([tax]), "EUR")
    assert not found.is_added
