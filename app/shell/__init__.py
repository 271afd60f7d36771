"""The Voice Portal shell: tokens of the people who are signed in to it. Plain values come back."""

from app.shell.errors import Reason, ShellSignInError
from app.shell.tokens import ShellToken
from app.shell.trusted import Shell, current, set_up

SHELL_NAME = "Voice Portal"
"""How people call the shell."""

__all__ = ["SHELL_NAME", "Reason", "Shell", "ShellSignInError", "ShellToken", "current", "set_up"]
