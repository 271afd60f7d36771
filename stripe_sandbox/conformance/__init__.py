"""What Stripe's SDK says of objects and operations, read from its annotations."""

from stripe_sandbox.conformance.blank import blank
from stripe_sandbox.conformance.check import problems
from stripe_sandbox.conformance.operations import Operation, find_operation

__all__ = ["Operation", "blank", "find_operation", "problems"]
