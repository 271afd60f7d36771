"""What people do from anywhere: the search, and the shortcuts themselves."""

from __future__ import annotations

from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.task import task
from tests.browser.keyboard.tasks.givens import payer, with_two_cards
from tests.browser.keyboard.tasks.wallet import PAID

ONLY_THERE = "Who comes from the shell has no page of their own account."


@task("Top up by what is typed into the search", most=20, given=payer, posts=PAID)
def search_top_up(hands: Hands) -> None:
    hands.find("top up 100", "Top up $100.00")
    hands.is_on("radio", "$100")
    hands.press("Enter")
    hands.is_on("heading", "Check before you pay")
    hands.go_to("button", "Pay $100.00")
    hands.is_on("heading", "Paid")


@task("Remove a card by its number", most=40, given=with_two_cards, posts=["payment_methods.remove"])
def search_card(hands: Hands) -> None:
    hands.find("remove card 4444", "Remove Mastercard ending in 4444")
    hands.sees("heading", "Remove this card?")
    hands.skip()
    hands.go_to("button", "Remove card")
    hands.is_told("Mastercard ending in 4444 was removed.")


@task("Open the search, and leave it", most=14, given=payer)
def leave_search(hands: Hands) -> None:
    hands.tab_to("button", "Search")
    hands.press("Control+k")
    hands.is_on("textbox", "Search")
    hands.press("Escape")
    hands.is_on("button", "Search", exact=True)


@task("Look up the shortcuts", most=14, given=payer)
def look_up_shortcuts(hands: Hands) -> None:
    hands.tab_to("button", "Search")
    hands.press("?")
    hands.sees("dialog", "Keyboard shortcuts")
    hands.press("Escape")
    hands.is_on("button", "Search", exact=True)


@task("Turn the shortcuts off", most=6, given=payer, posts=["account.turn_keyboard_off"])
def turn_off_shortcuts(hands: Hands) -> None:
    hands.press("?")
    hands.sees("dialog", "Keyboard shortcuts")
    hands.go_to("button", "Turn off shortcuts")
    hands.is_told("Keyboard shortcuts are off.")


@task("Choose another key", most=22, given=payer, posts=["account.save_keyboard"])
def choose_key(hands: Hands) -> None:
    hands.press("?")
    hands.sees("dialog", "Keyboard shortcuts")
    hands.go_to("link", "Change shortcuts")
    hands.sees("heading", "Keyboard shortcuts", level=1)
    hands.skip()
    hands.tab_to("textbox", "Top up")
    hands.press("Control+a")
    hands.type("x")
    hands.press("Enter")
    hands.is_told("Your keyboard shortcuts are saved.")
    hands.press("x")
    hands.is_on("radio", "$50")
