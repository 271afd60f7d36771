"""What people do with their cards."""

from __future__ import annotations

from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.task import task
from tests.browser.keyboard.tasks.givens import payer, with_two_cards


@task("Add a card", most=40, given=payer, posts=["payment_methods.begin_setup", "payment_methods.create"])
def add_card(hands: Hands) -> None:
    hands.press("g", "p")
    hands.sees("heading", "Payment methods", level=1)
    hands.skip()
    hands.go_to("button", "Add a card")
    hands.is_on("heading", "Add a card")
    hands.enter_card("5555555555554444")
    hands.go_to("button", "Save card")
    hands.is_told("Mastercard ending in 4444 was saved.")


@task("Begin to add a card, and leave it", most=16, given=payer)
def leave_card(hands: Hands) -> None:
    hands.press("g", "p")
    hands.sees("heading", "Payment methods", level=1)
    hands.skip()
    hands.go_to("button", "Add a card")
    hands.is_on("heading", "Add a card")
    hands.go_to("link", "Cancel")
    hands.is_on("button", "Add a card")


@task("Make another card the default", most=9, given=with_two_cards, posts=["payment_methods.make_default"])
def make_default(hands: Hands) -> None:
    hands.press("g", "p")
    hands.sees("heading", "Payment methods", level=1)
    hands.skip()
    hands.go_to("button", "Make default Mastercard ending in 4444")
    hands.is_told("Mastercard ending in 4444 is now your default card.")


@task("Remove a card", most=12, given=with_two_cards, posts=["payment_methods.remove"])
def remove_card(hands: Hands) -> None:
    hands.press("g", "p")
    hands.sees("heading", "Payment methods", level=1)
    hands.skip()
    hands.go_to("button", "Remove Mastercard ending in 4444")
    hands.is_on("button", "Keep card")
    hands.go_to("button", "Remove card", back=True)
    hands.is_told("Mastercard ending in 4444 was removed.")


@task("Keep a card after all", most=11, given=with_two_cards)
def keep_card(hands: Hands) -> None:
    hands.press("g", "p")
    hands.sees("heading", "Payment methods", level=1)
    hands.skip()
    hands.go_to("button", "Remove Mastercard ending in 4444")
    hands.is_on("button", "Keep card")
    hands.press("Escape")
    hands.is_on("button", "Remove Mastercard ending in 4444")
