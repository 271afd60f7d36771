"""The only package that calls Stripe: requests, signatures, and errors translated to ours. It returns plain
values, never Stripe's objects."""
