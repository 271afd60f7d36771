"""A webhook's signature is of now and by one of our secrets, or it is refused with what to check."""

from __future__ import annotations

import pytest
import stripe

from app.payments import signatures
from app.payments.signatures import TOLERANCE_SECONDS, SignatureError

BODY, NOW = b'{"id": "evt_1"}', 1_800_000_000


def signed(secret: str, *, at: int = NOW, body: bytes = BODY) -> str:
    """The header that Stripe sends."""
    value = stripe.WebhookSignature._compute_signature(f"{at}.{body.decode()}", secret)
    return f"t={at},v1={value}"


def check(header: str, *secrets: str, body: bytes = BODY) -> None:
    signatures.read(header, now=NOW).check(body, secrets)


def test_it_fits_any_of_the_secrets_while_one_is_being_changed() -> None:
    check(signed("whsec_old"), "whsec_new", "whsec_old")
    check(signed("whsec_new"), "whsec_new", "whsec_old")


@pytest.mark.parametrize(
    ("secrets", "body"),
    [(("whsec_other",), BODY), ((), BODY), (("whsec",), b'{"id": "evt_2"}'), (("whsec",), b"\xff")],
)
def test_another_secret_or_another_body_is_refused(secrets: tuple[str, ...], body: bytes) -> None:
    with pytest.raises(SignatureError, match="STRIPE_WEBHOOK_SECRET"):
        check(signed("whsec"), *secrets, body=body)


@pytest.mark.parametrize("off", [TOLERANCE_SECONDS, -TOLERANCE_SECONDS])
def test_a_clock_may_be_off_by_so_much(off: int) -> None:
    check(signed("whsec", at=NOW + off), "whsec")


@pytest.mark.parametrize(
    ("off", "says"), [(TOLERANCE_SECONDS + 1, "ahead of"), (-TOLERANCE_SECONDS - 1, "behind")]
)
def test_beyond_that_it_says_whose_clock_is_off(off: int, says: str) -> None:
    with pytest.raises(SignatureError, match=f"301 seconds {says}"):
        signatures.read(signed("whsec", at=NOW + off), now=NOW)


@pytest.mark.parametrize(
    "header",
    ["", "t=1", "v1=abc", f"t={NOW}", f"t={NOW},v0=abc", "t=soon,v1=abc", "t=٣,v1=abc", f"t={'9' * 16},v1=a"],
)
def test_what_is_no_header_of_stripes_is_refused_before_any_body_is_read(header: str) -> None:
    with pytest.raises(SignatureError, match="missing"):
        signatures.read(header, now=NOW)
