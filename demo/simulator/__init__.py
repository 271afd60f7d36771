"""A platform to try the service with: it plays calls over the real HTTP API, counts for itself, and compares.

It knows the API and nothing else of the product, as the Voice Portal does. What it does on purpose is what happens to
a platform: answers are lost and requests sent again, batches overlap and come out of order, quantities are corrected,
calls end without a word and leave their lease to run out. It obeys a pause, and goes on when credit is back.

`playing.play` lets it run, and `reconciliation.compare` says whether its own count equals the service's.
"""
