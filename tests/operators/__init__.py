"""Operators: their accounts, what they find, and what they do."""
