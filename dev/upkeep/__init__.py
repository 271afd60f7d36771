"""`make audit`, `make secret-scan`, `make licenses` and `make sbom`: what looks after
the security of what is installed.

Each returns 1 where it found something, and 3 where it couldn't look.
"""
