"""The words that pages are found by besides their names, and that what can be done by typing it begins with.

They are what people type, whatever we call it.
"""

from __future__ import annotations

from app.language import marked

SYNONYMS = {
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "overview": marked("home, start, usage, balance, billing"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "wallet": marked("balance, credit, money"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "payment_methods": marked("cards, default"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "change_plan": marked("plans, prices, upgrade, switch"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "invoices": marked("bills, receipts, documents"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "activity": marked("audit, trail, log, who did what"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "top_up": marked("add, credit, money, refill, pay"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "search": marked("find, palette"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "history": marked("transactions, movements"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "coming_up": marked("coming up, calendar, renewal, charges, upcoming"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "cost_change": marked("compare, periods, weeks, months, change, difference"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "saved_views": marked("filters, history, rename, remove"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "calls": marked("active, running, reserved, holds, overdue"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "campaign_check": marked("estimate, cost, quote, price"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "credit": marked("lots, promotional, goodwill, expiry, expires, left"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "auto_top_up": marked("automatic, refill, threshold, consent"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "daily_limit": marked("top-up, maximum, change"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "limits": marked("budget, cap, maximum, destinations, countries"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "add_limit": marked("budget, cap, maximum, new"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "alerts": marked("low, balance, notify, slack, sms, email, digest, channels"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "set_aside": marked("envelope, reserve, campaign, credit, numbers, rent, floor, keep"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "brake": marked("stopped, continue, answer, runaway, unusual, spend"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "add_card": marked("new, payment method, credit, debit"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "renewal": marked("renewal, overdue, pay, past due"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "cancel_plan": marked("subscription, end, stop, free"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "statements": marked("monthly, months"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "billing_details": marked("address, tax id, vat, emails, company"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "security": marked("people, owners, access, second factor"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "account": marked("name, language, password, profile"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "sessions": marked("sessions, browsers, devices"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "second_factor": marked("authenticator, passkey, recovery codes"),
    # Translators: words that people type to find a page, separated by commas: your language's, as many as you like
    "keyboard": marked("keys, hotkeys"),
}
"""By the action of a page."""

# Translators: words that people type, separated by commas: those of your language, as many as you like.
TO_TOP_UP = marked("top, topup, top-up, add, recharge, refill, credit, pay")
# Translators: words that people type, separated by commas: those of your language, as many as you like.
TO_EXPORT = marked("export, download, csv, pdf, statement, statements")
# Translators: words that people type, separated by commas: those of your language, as many as you like.
TO_REMOVE = marked("remove, delete, detach")
# Translators: words that people type, separated by commas: those of your language, as many as you like.
CARDS = marked("card, cards")
