"""A stand-in for Stripe, for demo and tests: a program of its own that the unmodified SDK speaks to.

`app` makes the program, `testing` runs it for tests, `control_client` is for programs that play with it.
"""
