"""What only the demo and the tests need: data to look at, a simulated platform, sample objects, and emails to read.

It uses the product, and Stripe's stand-in by its controls. Nothing of the product knows of it: `wsgi` adds it to the
application everywhere but in production.
"""
