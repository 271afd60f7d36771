"""The application object, for gunicorn and the `flask` command."""

import sys

from dotenv import load_dotenv

from app import create_app
from config import ROOT, Settings, SettingsError

load_dotenv(ROOT / ".env")
try:
    app = create_app(Settings.from_environment())
except SettingsError as error:
    sys.exit(f"Can't start: {error}")
