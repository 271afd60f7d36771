"""The page and the PDF of an invoice."""

from __future__ import annotations

from typing import Any

import requests

from stripe_sandbox.tests.support.invoices import drafted, finalized
from stripe_sandbox.tests.support.shopper import Shopper


def test_the_page_tells_what_the_invoice_is_for(shopper: Shopper) -> None:
    invoice = finalized(shopper)
    answer = requests.get(invoice.hosted_invoice_url, timeout=10)
    assert answer.status_code == 200
    for words in (invoice.number, "$25.00", "Setup (one-off)", "Not paid yet", "Ada"):
        assert words in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_pdf_is_one_whose_every_object_is_where_its_table_says(shopper: Shopper) -> None:
    invoice = finalized(shopper)
    answer = requests.get(invoice.invoice_pdf, timeout=10)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert f'filename="Invoice-{invoice.number}.pdf"' in answer.headers["Content-Disposition"]
    body = answer.content
    assert body.startswith(b"%PDF-1.") and body.endswith(b"%%EOF\n")
    table = body[int(body.split(b"startxref\n")[1].split(b"\n")[0]) :].splitlines()
    assert table[0] == b"xref"
    starts = [int(line.split()[0]) for line in table if line.endswith(b"n ")]
    for number, start in enumerate(starts, start=1):
        assert body[start:].startswith(b"%d 0 obj" % number)
    assert invoice.number.encode() in body
    assert rb"Setup \(one-off\)" in body


def test_a_draft_has_no_documents(shopper: Shopper) -> None:
    invoice = drafted(shopper)
    assert (invoice.hosted_invoice_url, invoice.invoice_pdf) == (None, None)
    address = f"{shopper.process.url}/_sandbox/invoices/{invoice.id}"
    assert requests.get(address, timeout=10).status_code == 404
    assert requests.get(f"{address}/pdf", timeout=10).status_code == 404


def test_page_and_pdf_say_whom_the_invoice_is_to(shopper: Shopper) -> None:
    details: Any = {
        "name": "Ada GmbH",
        "address": {"line1": "Hauptstr. 1", "postal_code": "10827", "city": "Berlin", "country": "DE"},
        "invoice_settings": {"custom_fields": [{"name": "PO number", "value": "4711"}]},
    }
    shopper.v1.customers.update(shopper.id, details)
    shopper.v1.customers.tax_ids.create(shopper.id, {"type": "eu_vat", "value": "DE123456789"})
    invoice = finalized(shopper)
    page = requests.get(str(invoice.hosted_invoice_url), timeout=10).text
    pdf = requests.get(str(invoice.invoice_pdf), timeout=10).content.decode("cp1252", "replace")
    for words in ("Ada GmbH", "Hauptstr. 1", "10827 Berlin", "DE", "EU VAT DE123456789", "PO number", "4711"):
        assert words in page and words in pdf
    assert "(Remaining) Tj" in pdf and pdf.count("($25.00) Tj") == 4
