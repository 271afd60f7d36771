"""What people do with their wallet."""

from __future__ import annotations

import re

from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.task import task
from tests.browser.keyboard.tasks.givens import (
    asked_by_bank,
    caller,
    declined,
    payer,
    with_overdue_calls,
)
from tests.factories import a_stripe_card

CALLING = re.compile("^Calling on")
FILTERED = "Expired credit"
EARLIER = re.compile("^January [0-9]{4} and before$")
REVIEWED = "wallet.begin_top_up"
PAID = (REVIEWED, "wallet.pay_top_up")


def begin(hands: Hands) -> None:
    """From anywhere to the review of a top-up."""
    hands.press("t")
    hands.is_on("radio", "$50")
    hands.press("Enter")
    hands.is_on("heading", "Check before you pay")


def to_end_of_list(hands: Hands) -> None:
    """From the history's heading to its last line."""
    hands.tab_to("link", CALLING)
    hands.press("End")


def by_campaign(hands: Hands) -> None:
    """From the history's heading to the usage of one campaign."""
    hands.tab_to("combobox", "Campaign")
    hands.type("Reminders")
    hands.press("Enter")
    hands.is_on("heading", "Campaign Reminders")


@task("Top up the usual amount with the usual card", most=6, given=payer, posts=PAID)
def top_up_as_usual(hands: Hands) -> None:
    begin(hands)
    hands.go_to("button", "Pay $50.00")
    hands.is_on("heading", "Paid")


@task("Top up another amount with a new card", most=46, given=payer, posts=PAID)
def top_up_with_new_card(hands: Hands) -> None:
    hands.press("t")
    hands.is_on("radio", "$50")
    hands.press("ArrowLeft", "ArrowLeft")
    hands.is_on("radio", "Other amount")
    hands.tab_to("textbox", "Other amount")
    hands.type("75")
    hands.tab_to("combobox", "Card")
    hands.press("End")
    hands.enter_card("4000056655665556")
    hands.go_to("button", "Review top-up")
    hands.is_on("heading", "Check before you pay")
    hands.go_to("button", "Pay $75.00")
    hands.is_on("heading", "Paid")


@task("Change one's mind about a top-up", most=6, given=payer, posts=[REVIEWED])
def change_top_up(hands: Hands) -> None:
    begin(hands)
    hands.go_to("link", "Change")
    hands.is_on("radio", "$50")


@task("Confirm a payment with the bank", most=8, given=asked_by_bank, posts=(*PAID, "wallet.confirm_top_up"))
def confirm_with_bank(hands: Hands) -> None:
    begin(hands)
    hands.go_to("button", "Pay $50.00")
    hands.bank_asks()
    hands.go_to("button", "Complete")
    hands.is_on("heading", "Paid")


@task(
    "Leave the bank's question, and cancel the top-up",
    most=12,
    given=asked_by_bank,
    posts=(*PAID, "wallet.confirm_top_up", "wallet.cancel_top_up"),
)
def cancel_with_bank(hands: Hands) -> None:
    begin(hands)
    hands.go_to("button", "Pay $50.00")
    hands.bank_asks()
    hands.press("Escape")
    hands.is_on("heading", "Not paid")
    hands.go_to("button", "Cancel top-up")
    hands.is_told("canceled")


@task("Pay with another card after a decline", most=10, given=declined, posts=PAID)
def pay_after_decline(hands: Hands) -> None:
    a_stripe_card(hands.scene.organization, "pm_card_mastercard")
    begin(hands)
    hands.go_to("button", "Pay $50.00")
    hands.is_on("heading", "Not paid")
    hands.tab_to("combobox", "Card")
    hands.type("M")
    hands.go_to("button", "Pay $50.00")
    hands.is_on("heading", "Paid")


@task("Lower the daily limit", most=26, given=payer, posts=["wallet.change_daily_limit"])
def lower_daily_limit(hands: Hands) -> None:
    hands.find("daily limit", "Daily limit")
    hands.sees("heading", "Daily top-up limit", level=1)
    hands.skip()
    hands.tab_to("textbox", "New daily limit")
    hands.press("Control+a")
    hands.type("500")
    hands.press("Enter")
    hands.is_told("limit")


@task(
    "Turn on auto top-up, and off again",
    most=24,
    given=payer,
    posts=["auto_top_up.agree", "auto_top_up.turn_off"],
)
def turn_on_auto_top_up(hands: Hands) -> None:
    hands.press("g", "t")
    hands.sees("heading", "Auto top-up", level=1)
    hands.skip()
    hands.tab_to("textbox", "When available credit falls below")
    hands.press("Control+a")
    hands.type("15")
    hands.tab_to("checkbox", re.compile("^I authorize Voice Portal"))
    hands.press("Space")
    hands.go_to("button", "Turn on auto top-up")
    hands.is_told("Auto top-up is on")
    hands.go_to("button", "Turn off")
    hands.is_told("Auto top-up is off")


@task("Check a campaign, and top up what is missing", most=34, given=payer, posts=PAID)
def check_campaign(hands: Hands) -> None:
    hands.find("campaign", "Campaign check")
    hands.sees("heading", "Campaign check", level=1)
    hands.skip()
    hands.tab_to("textbox", "Number of calls")
    hands.press("Control+a")
    hands.type("900")
    hands.press("Enter")
    hands.sees("link", "Top up $100")
    hands.go_to("link", "Top up $100")
    hands.is_on("radio", "$100")
    hands.press("Enter")
    hands.is_on("heading", "Check before you pay")
    hands.go_to("button", "Pay $100.00")
    hands.is_on("heading", "Paid")


@task("Show only money that came in, and all of it again", most=14, given=caller)
def choose_what_is_shown(hands: Hands) -> None:
    hands.press("g", "h")
    hands.is_on("heading", "History")
    hands.go_to("link", "Money in")
    hands.is_on("heading", "Money in")
    hands.go_to("link", "Clear filters")
    hands.is_on("heading", "History")


@task("Go to a month of the history", most=14, given=caller)
def go_to_month(hands: Hands) -> None:
    hands.press("g", "h")
    hands.is_on("heading", "History")
    hands.tab_to("combobox", "Month")
    hands.press("End")
    hands.go_to("button", "Go to month")
    hands.is_on("heading", EARLIER)


@task("Filter the history, and clear the filter", most=29, given=caller)
def filter_history(hands: Hands) -> None:
    hands.press("g", "h")
    hands.is_on("heading", "History")
    hands.tab_to("link", "Refunds")
    hands.tab_to("button", "Filter")
    hands.press("Tab", "Enter")
    hands.tab_to("combobox", "Show")
    hands.press("End")
    hands.go_to("button", "Filter", back=True)
    hands.is_on("heading", FILTERED)
    hands.go_to("link", "Clear filters")
    hands.is_on("heading", "History")


@task("Go to older lines of the history, and back", most=30, given=caller)
def page_through_history(hands: Hands) -> None:
    hands.press("g", "h")
    hands.is_on("heading", "History")
    to_end_of_list(hands)
    hands.go_to("link", "Older")
    hands.is_on("heading", "Older transactions")
    to_end_of_list(hands)
    hands.go_to("link", "Newer")
    hands.is_on("heading", "History")


@task("Open a line of the history, and a call of it", most=40, given=caller)
def open_line(hands: Hands) -> None:
    hands.press("g", "h")
    hands.is_on("heading", "History")
    hands.tab_to("link", CALLING)
    hands.press("ArrowDown", "Enter")
    hands.sees("heading", "Breakdown")
    hands.skip()
    hands.go_to("link", "call_1")
    hands.sees("heading", "What this call cost")


@task("Export the history as CSV", most=20, given=caller)
def export_history(hands: Hands) -> None:
    hands.press("g", "h")
    hands.is_on("heading", "History")
    hands.tab_to("link", "Export CSV")
    hands.downloads("wallet", "csv")


@task(
    "End a call that no one has ended, and say that another goes on",
    most=12,
    given=with_overdue_calls,
    posts=["wallet.end_call", "wallet.confirm_call"],
)
def answer_about_calls(hands: Hands) -> None:
    hands.press("g", "r")
    hands.is_on("heading", "Longest-running calls")
    hands.go_to("button", "End call call-1")
    hands.is_told("call-1 has ended. Its credit is available again.")
    hands.go_to("button", "Still in progress call-2")
    hands.is_told("call-2 continues. We'll ask again if it lasts much longer.")


@task("Find what a campaign cost, and its calls", most=26, given=caller)
def filter_by_campaign(hands: Hands) -> None:
    hands.press("g", "h")
    hands.is_on("heading", "History")
    by_campaign(hands)
    hands.tab_to("link", CALLING)
    hands.press("Enter")
    hands.sees("heading", "Calls by day")


@task(
    "Save a view of the history, rename it, and remove it",
    most=44,
    given=caller,
    posts=["wallet.save_view", "wallet.rename_view", "wallet.remove_view"],
)
def save_view(hands: Hands) -> None:
    hands.press("g", "h")
    hands.is_on("heading", "History")
    by_campaign(hands)
    hands.tab_to("textbox", "Name of this view")
    hands.press("Enter")
    hands.is_told('The view "Campaign Reminders" was saved.')
    hands.press("g", "v")
    hands.is_on("heading", "Your views of the wallet history")
    hands.go_to("link", "Rename Campaign Reminders")
    hands.is_on("textbox", "Name of this view")
    hands.press("End")
    hands.type(" by week")
    hands.press("Enter")
    hands.is_told('The view is now named "Campaign Reminders by week".')
    hands.go_to("button", "Remove Campaign Reminders by week")
    hands.is_told('The view "Campaign Reminders by week" was removed.')


@task("Ask why it cost more, and split it by agent", most=6, given=caller)
def compare_periods(hands: Hands) -> None:
    hands.press("y")
    hands.is_on("heading", "What made the difference")
    hands.go_to("link", "Agent")
    hands.is_on("heading", "What made the difference")
    hands.tab_to("link", "Campaign")


@task("Look at what's next", most=4, given=payer)
def look_at_whats_next(hands: Hands) -> None:
    hands.press("g", "n")
    hands.sees("heading", "Charges and changes")
