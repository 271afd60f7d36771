"""Discounts as pages name them: by their coupon, and the code that was redeemed."""

from __future__ import annotations

from collections.abc import Iterable

import stripe

from app.language import marked
from app.money import Money
from app.payments.references import id_of

UNNAMED = marked("Discount")


def list_labels(discounts: Iterable[object] | None) -> dict[str, str]:
    """Their labels by id; unexpanded ones are omitted."""
    return {one.id: get_label(one) for one in discounts or () if isinstance(one, stripe.Discount)}


def get_label(discount: stripe.Discount) -> str:
    """Like `Spring, 10% off (code SPRING10)`. The amount itself is on the line."""
    coupon, code = discount.source.coupon, discount.promotion_code
    words = UNNAMED
    if isinstance(coupon, stripe.Coupon):
        words = coupon.name or coupon.id
        if coupon.percent_off is not None:
            words = f"{words}, {coupon.percent_off:g}% off"
        elif coupon.amount_off is not None and coupon.currency:
            off = Money.from_minor(coupon.amount_off, coupon.currency.upper())
            words = f"{words}, {off.plain} {off.currency} off"
    return f"{words} (code {code.code})" if isinstance(code, stripe.PromotionCode) else words


def get_id(discount: object) -> str:
    """The id of a discount, whether it was expanded or not."""
    return id_of(discount) or ""
