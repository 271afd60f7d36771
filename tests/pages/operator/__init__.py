"""The operators' console, over HTTP."""
