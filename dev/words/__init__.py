"""Words that the glossary says not to use, and where they are used all the same."""

from dev.words.finding import Use, uses
from dev.words.glossary import GLOSSARY, Forbidden, Scope, forbidden

__all__ = ["GLOSSARY", "Forbidden", "Scope", "Use", "forbidden", "uses"]
