"""Finds texts that people read and that no translator sees: `python -m dev.unwrapped`, with folders to look in.

They are judged by where they stand: letters in a template outside `{% trans %}`, in an attribute that is read or read
out, or written out in an expression that is shown; sentences in code. What is English on purpose is named in
`not_translated.txt`.
"""

from dev.unwrapped.found import Found
from dev.unwrapped.search import search

__all__ = ["Found", "search"]
