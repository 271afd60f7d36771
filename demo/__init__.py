"""What only the demo and the tests need: demo data, a simulated platform, sample objects, and a viewer for emails.

It uses the product, and Stripe's stand-in by its controls. Nothing of the product knows of it: `wsgi` adds it to the
application everywhere but in production.
"""
