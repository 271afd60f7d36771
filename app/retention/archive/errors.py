"""What keeps a month from being archived or read."""


class ArchiveError(Exception):
    """It can't be done. The message says why and what to do, for operators."""
