"""The resources of the API. Importing them registers what serves each operation."""

from stripe_sandbox.resources import billing, customers, events, payments

__all__ = ["billing", "customers", "events", "payments"]
