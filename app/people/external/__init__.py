"""People whom another service vouches for: an identity provider, by verified claims.

What becomes of them is decided here, no matter which service verified the claims: who it is (`identities`), and what
they may do (`admission`). docs/decisions/0017-identity-providers.md
"""
