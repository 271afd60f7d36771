"""The only place that knows Stripe: calls to it, its signatures, and its errors in our words.

What comes back are plain values, never Stripe's objects.
"""
