"""The statuses of Stripe's objects, and what follows from them: read here, and nowhere else as text.

A newer version of Stripe's API may know further ones. Such a status is logged, keeps its text where it is stored or
shown, and matches none of the known ones: it only means that nothing is settled yet.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

import structlog

log = structlog.get_logger("billing.payments")


class StripeStatus(StrEnum):
    """A status as Stripe writes it."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        log.warning("unknown_stripe_status", of=cls.__name__, status=value)
        unknown = str.__new__(cls, value)
        unknown._name_, unknown._value_ = "UNKNOWN", value
        return unknown

    @property
    def is_known(self) -> bool:
        """Whether it is listed here."""
        return self.name in type(self).__members__


class PaymentIntentStatus(StripeStatus):
    """https://docs.stripe.com/payments/paymentintents/lifecycle"""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    REQUIRES_CAPTURE = "requires_capture"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"

    @property
    def is_untried(self) -> bool:
        """Whether it can be confirmed with a card: never tried, or declined."""
        return self in {self.REQUIRES_PAYMENT_METHOD, self.REQUIRES_CONFIRMATION}


class SetupIntentStatus(StripeStatus):
    """https://docs.stripe.com/payments/paymentintents/lifecycle"""

    REQUIRES_PAYMENT_METHOD = "requires_payment_method"
    REQUIRES_CONFIRMATION = "requires_confirmation"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


class StripeSubscriptionStatus(StripeStatus):
    """https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses"""

    INCOMPLETE = "incomplete"
    INCOMPLETE_EXPIRED = "incomplete_expired"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    CANCELED = "canceled"

    @property
    def has_ended(self) -> bool:
        """Whether it has ended for good."""
        return self in {self.CANCELED, self.INCOMPLETE_EXPIRED}

    @property
    def has_begun(self) -> bool:
        """Whether it was ever paid: one whose first invoice never was hasn't started yet."""
        return self not in {self.INCOMPLETE, self.INCOMPLETE_EXPIRED}

    @property
    def is_owed(self) -> bool:
        """Whether a renewal has to be paid."""
        return self in {self.PAST_DUE, self.UNPAID}


class SubscriptionScheduleStatus(StripeStatus):
    """https://docs.stripe.com/api/subscription_schedules/object#subscription_schedule_object-status"""

    NOT_STARTED = "not_started"
    ACTIVE = "active"
    COMPLETED = "completed"
    RELEASED = "released"
    CANCELED = "canceled"

    @property
    def is_running(self) -> bool:
        """Whether it has current or future phases."""
        return self in {self.NOT_STARTED, self.ACTIVE}


class StripeInvoiceStatus(StripeStatus):
    """https://docs.stripe.com/invoicing/overview#invoice-statuses"""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"

    @property
    def is_abandoned(self) -> bool:
        """Whether it is unpaid, but no longer collected."""
        return self in {self.VOID, self.UNCOLLECTIBLE}


class InvoicePaymentStatus(StripeStatus):
    """https://docs.stripe.com/api/invoice-payment/object#invoice_payment_object-status"""

    OPEN = "open"
    PAID = "paid"
    CANCELED = "canceled"


class RefundStatus(StripeStatus):
    """https://docs.stripe.com/api/refunds/object#refund_object-status"""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def gave_nothing_back(self) -> bool:
        """Whether the money was not refunded after all."""
        return self in {self.FAILED, self.CANCELED}


class DisputeStatus(StripeStatus):
    """https://docs.stripe.com/api/disputes/object#dispute_object-status"""

    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    WARNING_CLOSED = "warning_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"

    @property
    def needs_response(self) -> bool:
        """Whether the bank still waits for evidence."""
        return self in {self.NEEDS_RESPONSE, self.WARNING_NEEDS_RESPONSE}

    @property
    def is_decided_for_us(self) -> bool:
        """Whether it was finally decided in our favor."""
        return self in {self.WON, self.WARNING_CLOSED, self.PREVENTED}

    @property
    def has_ended(self) -> bool:
        """Whether the bank has decided."""
        return self.is_decided_for_us or self is self.LOST
