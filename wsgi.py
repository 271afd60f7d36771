"""The application object, for gunicorn and the `flask` command."""

from app import create_app
from config import Settings

app = create_app(Settings.from_environment())
