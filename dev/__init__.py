"""Tools for developing: what `make run`, `make test`, `make lint` and `make screenshots` start.

Nothing of the product imports this package.
"""
