"""The application object, for gunicorn and the `flask` command."""

from dotenv import load_dotenv

from app import create_app
from config import ROOT, Settings

load_dotenv(ROOT / ".env")
app = create_app(Settings.from_environment())
