"""A simulated platform: it plays calls over the real HTTP API, keeps its own counts, and compares them.

It knows the API and nothing else of the product, as the Voice Portal does. It simulates real problems: responses are
lost and requests repeated, batches overlap and arrive out of order, quantities are corrected, calls end without a
capture so that their lease expires. It respects a pause, and resumes when there is credit.

`workload.play` runs it, and `reconciliation.compare` says whether its own count equals the service's.
"""
