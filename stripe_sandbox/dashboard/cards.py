"""The numbers to try in the card fields, and what comes of them."""

from __future__ import annotations

CARDS = (
    ("4242 4242 4242 4242", "Visa, pays"),
    ("5555 5555 5555 4444", "Mastercard, pays"),
    ("3782 822463 10005", "American Express, pays"),
    ("4000 0000 0000 0002", "Declined"),
    ("4000 0000 0000 9995", "Declined: insufficient funds"),
    ("4000 0000 0000 9987", "Declined: lost card"),
    ("4000 0000 0000 9979", "Declined: stolen card"),
    ("4000 0000 0000 0069", "Declined: expired card"),
    ("4000 0000 0000 0127", "Declined: wrong security code"),
    ("4000 0000 0000 0119", "Declined: processing error"),
    ("4000 0000 0000 0341", "Can be saved, declines when it is charged"),
    ("4000 0025 0000 3155", "The bank asks, unless the card was set up"),
    ("4000 0038 0000 0446", "The bank asks only while the customer is there"),
    ("4000 0027 6000 3184", "The bank always asks"),
    ("4000 0082 6000 3178", "The bank asks, then there are insufficient funds"),
    ("4000 0000 0000 0259", "Pays, then is disputed as fraudulent"),
    ("4000 0000 0000 2685", "Pays, then is disputed as not received"),
    ("4000 0000 0000 1976", "Pays, then the bank inquires"),
    ("4000 0000 0000 7726", "A refund is pending at first, then succeeds"),
    ("4000 0000 0000 5126", "A refund succeeds at first, then fails"),
)
