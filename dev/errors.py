"""What goes wrong while tools run, said to the person at the terminal."""


class ToolError(Exception):
    """A tool can't go on. The message says what is wrong and what to do, and is shown without a traceback."""
