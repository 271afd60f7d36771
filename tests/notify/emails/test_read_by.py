"""Who may read which email when it is sent: what shows an organization's money is for those who see it by then."""

from __future__ import annotations

from app.notify import emails
from tests.notify.emails.samples import NAMES

ABOUT_THEMSELVES = {
    *("password_link", "password_set", "new_sign_in", "factor_changed"),
    *("identity_connected", "identity_disconnected", "owners_changed", "recipients_changed"),
}
WITHOUT_FIGURES = {"alert_test", "alert_channel_off", "credit_ends", "limit_more_decided"}
FOR_OWNERS = {"envelope_cut", "envelope_ended", "limit_more_asked", "security_weakened"}


def test_what_shows_money_is_for_owners_and_billing_recipients() -> None:
    """A kind that isn't about its reader's own account, and that members aren't told of, is never sent to others."""
    expected = dict.fromkeys(NAMES, "billing")
    for kinds, read_by in (
        (ABOUT_THEMSELVES, "anyone"),
        (WITHOUT_FIGURES, "members"),
        (FOR_OWNERS, "owners"),
    ):
        expected |= dict.fromkeys(kinds, read_by)
    assert {kind: emails.kind(kind).read_by for kind in NAMES} == expected
