"""A small Voice Portal that shows Billing & wallet: the example for those who build the real one.

It is on an origin of its own, signs its own people in, and knows nothing of billing but what docs/embedding.md says.
Read `application.py` first, then `tokens.py`, `templates/base.html` and `static/`.
"""
