"""What the shell's own pages show of billing: its parts, custom elements beside the frame (docs/embedding.md)."""

from app.pages.shell_parts.routes import blueprint

__all__ = ["blueprint"]
