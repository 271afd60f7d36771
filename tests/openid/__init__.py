"""The client of an OpenID provider, with a real one over HTTP."""
