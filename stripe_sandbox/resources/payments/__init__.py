"""Money that moves: payments, cards and how their banks answer, refunds, disputes, and the account's balance."""

from stripe_sandbox.resources.payments import (
    balance_transactions,
    balances,
    charges,
    confirmation_tokens,
    disputes,
    early_fraud_warnings,
    payment_intents,
    payment_methods,
    refunds,
    setup_intents,
)

__all__ = [
    "balance_transactions",
    "balances",
    "charges",
    "confirmation_tokens",
    "disputes",
    "early_fraud_warnings",
    "payment_intents",
    "payment_methods",
    "refunds",
    "setup_intents",
]
