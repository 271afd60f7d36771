"""What people do with invoices, statements, billing details and the activity."""

from __future__ import annotations

import re

from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.task import task
from tests.browser.keyboard.tasks.givens import caller, payer, subscriber

PDF = re.compile(r"^PDF of invoice")


@task("Find an invoice, and open its PDF", most=12, given=subscriber)
def download_invoice(hands: Hands) -> None:
    hands.press("g", "i")
    hands.sees("heading", "Invoices", level=1)
    hands.skip()
    hands.tab_to("link", PDF)
    hands.opens_tab()


@task("Filter the invoices", most=12, given=subscriber)
def filter_invoices(hands: Hands) -> None:
    hands.press("g", "i")
    hands.sees("heading", "Invoices", level=1)
    hands.skip()
    hands.tab_to("combobox", "Status")
    hands.type("P")
    hands.go_to("button", "Filter")
    hands.sees("link", "Clear filters")


@task("Download a month's statement", most=40, given=caller)
def download_statement(hands: Hands) -> None:
    hands.go_to("button", "Search")
    hands.look_for("export january", "Export January 2026 statement")
    hands.press("ArrowDown")
    hands.downloads("statement", "csv")
    hands.is_on("button", "Search")


@task("Save billing details", most=28, given=payer, posts=["billing_details.save"])
def save_details(hands: Hands) -> None:
    hands.find("details", "Billing details")
    hands.sees("heading", "Billing details", level=1)
    hands.skip()
    hands.tab_to("textbox", "Legal name")
    hands.type("Harbor Inc.")
    hands.press("Enter")
    hands.is_told("Billing details saved.")


@task("See who changed something, and export it", most=10, given=payer)
def export_activity(hands: Hands) -> None:
    hands.press("g", "a")
    hands.sees("heading", "Activity", level=1)
    hands.skip()
    hands.tab_to("link", "Export CSV")
    hands.downloads("activity", "csv")
