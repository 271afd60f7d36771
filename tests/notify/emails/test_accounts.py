"""What emails about accounts say."""

from __future__ import annotations

from app.notify.composition import compose
from app.notify.emails import NewSignIn
from tests.notify.emails.samples import ABOUT_ACCOUNTS, READERS


def test_one_about_a_new_sign_in_says_what_where_and_what_to_do() -> None:
    (email, *_) = [one for one in ABOUT_ACCOUNTS if isinstance(one, NewSignIn)]
    text = compose(email, READERS).text
    for words in (
        "Browser: Chrome on Windows",
        "Network address: Germany (192.0.2.7)",
        "If it wasn't you, choose a new password now",
        "https://billing.example/forgot-password",
        "https://billing.example/account",
    ):
        assert words in text
