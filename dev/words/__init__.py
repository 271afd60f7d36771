"""Words that the glossary says not to use, and where they are used all the same."""

from dev.words.finding import Use, uses
from dev.words.glossary import GLOSSARY, Forbidden, Scope, forbidden
from dev.words.left import LEFT, allowed

__all__ = ["GLOSSARY", "LEFT", "Forbidden", "Scope", "Use", "allowed", "forbidden", "uses"]
