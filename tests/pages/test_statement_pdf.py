"""The wallet's monthly statement as a PDF that anyone can read and keep."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.billing.statements import Spent, Statement
from app.billing.statements.headers import StatementHeader
from app.clock import utc_now
from app.models import TransferKind
from app.months import Month
from app.pages.invoices import statement_pdf
from app.web import pdf as app_pdf
from app.web.fonts import coverage
from app.web.formatting import day_long
from app.web.glyphs import Coverage
from tests.factories import at, usd
from tests.support.browsing import links_of, text_on_wide_screen
from tests.support.examples import examples
from tests.support.moving import post, use
from tests.support.paying import Owner
from tests.support.pdfs import packed, pdf, words
from tests.support.sandbox import Sandbox

ADDRESS = "/workplace/invoices/statements/2026-09"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    found = Owner(app)
    post(found.organization, TransferKind.TOP_UP, usd("50"), at("2026-08-20 12:00"))
    return found


def test_it_is_downloaded_from_the_page_and_says_the_same(owner: Owner) -> None:
    post(owner.organization, TransferKind.REFUND, usd("3"), at("2026-09-03 12:00"), out=True)
    use(owner.organization, 100_001, at("2026-08-30 08:00"), posted_at=at("2026-09-01 08:00"))
    assert f"{ADDRESS}.pdf" in links_of(owner.get(ADDRESS).text)
    answer = owner.get(f"{ADDRESS}.pdf")
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"].endswith('-2026-09.pdf"')
    page, file = packed(text_on_wide_screen(owner.get(ADDRESS))), words(answer.data)
    for said in (
        "September 1, 2026 to September 30, 2026",
        "Month closed: figures are final.",
        "Opening balance $50.00",
        "Refunds 1 \u2212$3.00",
        "100,001 tokens \u2212$1.20",
        "Closing balance $45.80",
        "Recall $1.20",
        "Ava $1.20",
        "August 30, 2026 $1.20",
    ):
        assert packed(said) in page
        assert packed(said) in file


def test_it_says_who_issued_it_when_and_under_which_number(
    owner: Owner, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer = ("Voice Portal, Inc.", "1 Market Street", "EIN 12-3456789")
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], statement_issuer=issuer))
    slug = owner.organization.slug.upper()
    said = words(owner.get(f"{ADDRESS}.pdf").data)
    for line in (*issuer, f"{slug}-2026-09", "October 1, 2026"):
        assert packed(line) in said
    this_month = Month.of(utc_now().date())
    in_progress = words(owner.get(f"/workplace/invoices/statements/{this_month}.pdf").data)
    assert packed(f"{slug}-{this_month}") in in_progress
    with app.test_request_context():
        assert packed(day_long(utc_now().date())) in in_progress


def test_it_is_tagged_and_has_a_title_a_language_and_page_numbers(owner: Owner) -> None:
    document = pdf(owner.get(f"{ADDRESS}.pdf").data)
    title = f"September 2026 statement, {owner.organization.name}"
    assert document.metadata
    assert document.metadata.title == title
    assert document.root_object["/Lang"] == "en-US"
    assert document.root_object["/MarkInfo"] == {"/Marked": True, "/Suspects": False}
    assert "Page 1 of 1" in document.pages[0].extract_text()


def test_each_page_repeats_the_heads_of_the_table(app: Flask) -> None:
    document = statement_pdf.document(
        "HARBOR-2026-09",
        StatementHeader("Harbor", "UTC", ("Harbor",)),
        spent_by([f"Number {one}" for one in range(50)]),
    )
    pages = [page.extract_text() for page in pdf(document).pages]
    assert all(f"Page {number} of {len(pages)}" in text for number, text in enumerate(pages, 1))
    assert [text.count("Campaign Cost") for text in pages] == [1, 1, 0, 0]
    assert [text.count("Agent Cost") for text in pages] == [0, 1, 1, 1]


def test_a_month_that_is_over_is_the_same_file_forever(owner: Owner) -> None:
    use(owner.organization, 100_001, at("2026-09-01 08:00"))
    before = owner.get(f"{ADDRESS}.pdf").data
    use(owner.organization, 500, at("2026-09-20 08:00"), posted_at=at("2026-10-01 08:00"))
    assert owner.get(f"{ADDRESS}.pdf").data == before


def test_it_follows_the_reader_s_locale_and_paper(owner: Owner) -> None:
    american = pdf(owner.get(f"{ADDRESS}.pdf").data)
    british = pdf(owner.get(f"{ADDRESS}.pdf", headers={"Accept-Language": "en-GB"}).data)
    assert [round(one.pages[0].mediabox.height) for one in (american, british)] == [792, 842]
    assert british.root_object["/Lang"] == "en-GB"
    assert "US$50.00" in words(owner.get(f"{ADDRESS}.pdf", headers={"Accept-Language": "en-GB"}).data)


def test_the_month_that_is_not_over_has_one_too_and_says_so(owner: Owner) -> None:
    use(owner.organization, 100_001, utc_now())
    answer = owner.get(f"/workplace/invoices/statements/{utc_now():%Y-%m}.pdf")
    assert packed("Month in progress: figures may still change.") in words(answer.data)


def test_of_very_many_campaigns_those_that_cost_less_are_summed_up(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statement_pdf, "SHOWN", 2)
    for number, campaign in enumerate(("Least", "Less", "More", "Most"), 1):
        use(owner.organization, number * 1_000, at("2026-09-01 08:00"), campaign=campaign)
    said = words(owner.get(f"{ADDRESS}.pdf").data)
    assert packed("Most $0.05 More $0.04 2 more, listed in the CSV file $0.03") in said


TYPED = st.text("#$*_`\\<>@&~=-+/[](){}'\";:.,!?% aZ09éßŁğΩωЖя\u00a0", min_size=1, max_size=60).filter(
    str.strip
)


@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(TYPED, min_size=10, max_size=30))
def test_what_people_typed_is_printed_as_they_typed_it(app: Flask, names: list[str]) -> None:
    said = words(
        statement_pdf.document(
            "HARBOR-2026-09", StatementHeader(names[0], "UTC", tuple(names[1:4])), spent_by(names)
        )
    )
    assert [name for name in names if packed(f"{name}$0.00") not in said] == []
    assert packed(f"September 2026 statement · {names[0]}Page 1 of") in said
    assert packed(f"Billed to{''.join(names[1:4])}Issued by") in said


SCRIPTS = [
    "東京歯科 学校 學校",
    "שלום עולם",
    "مرحبا بالعالم",
    "नमस्ते क्षत्रिय",
    "สวัสดีครับ",
    "한국 치과",
    "សាលា",
    "မြန်မာ",
    "தமிழ்",
    "አማርኛ",
    "Škoda ☎",
    "😀 smile 👩\u200d🚀 🇩🇪 ❤️ 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
]


@pytest.mark.parametrize("name", [*SCRIPTS, "x" * 255])
def test_a_name_in_any_script_is_drawn(app: Flask, name: str) -> None:
    document = statement_pdf.document(
        "HARBOR-2026-09", StatementHeader(name, "UTC", (name,)), spent_by([name])
    )
    said = words(document)
    assert claims_accessibility(document)
    assert "\ufffd" not in said
    assert set(packed(name)) <= set(said)


STORABLE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=80)
"""All that PostgreSQL holds."""
MIXED = st.lists(
    st.sampled_from(
        [*"aéक्षِبשׁกำ한🚀ﷺ", "\u0301", "\u094d", "\u200d", "\ufe0f", "\u20dd", "\u0f90", "\u1039", " "]
    ),
    min_size=1,
).map("".join)
"""Letters with the marks of other scripts."""


@settings(
    max_examples=examples("PDF_EXAMPLES", 6),
    deadline=None,
    derandomize="PDF_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(STORABLE | MIXED, min_size=3, max_size=10))
@example(
    [
        "\ufeffHarbor",
        "Har\ufeffbor",
        "\ufffe",
        "\x07\x85",
        "\u202eevil",
        "\u2028",
        "\ue000",
        "\U0010ffff",
        "\U00013000",
    ]
)
def test_whatever_is_stored_makes_a_document(app: Flask, names: list[str]) -> None:
    document = statement_pdf.document(
        "HARBOR-2026-09", StatementHeader(names[0], "UTC", tuple(names)), spent_by(names)
    )
    assert claims_accessibility(document)
    said = words(document)
    assert said.count("$0.00") >= 2 * len(names)
    # What every font lacks is seen to be missing, and what is Latin is there.
    assert {char for name in names for char in name if char.isascii() and char.isprintable()} - {" "} <= set(
        said
    )


def test_a_font_that_promises_too_much_costs_its_letters_and_never_the_document(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = coverage()[0]
    monkeypatch.setattr(app_pdf, "coverage", lambda: (first, Coverage([(0x80, 0x10FFFF)])))
    document = statement_pdf.document(
        "HARBOR-2026-09", StatementHeader("Harbor 𓀀", "UTC", ("Harbor",)), spent_by(["𓀀 Recall"])
    )
    assert claims_accessibility(document)
    assert packed("\ufffd Recall$0.00") in words(document)


def claims_accessibility(document: bytes) -> bool:
    metadata = pdf(document).xmp_metadata
    return metadata is not None and b"<pdfuaid:part>1</pdfuaid:part>" in metadata.stream.get_data()


def spent_by(names: list[str]) -> Statement:
    nothing = usd("0")
    spent = tuple(Spent(name, nothing) for name in names)
    return Statement(Month(2026, 9), False, nothing, (), (), spent, spent, (), nothing, nothing)
