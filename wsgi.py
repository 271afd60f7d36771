"""The application object, for gunicorn and the `flask` command. Outside production it has the demo's parts too, where
they are: an installed package has none."""

import gc
from importlib.util import find_spec

from dotenv import load_dotenv

from config import ROOT, Settings

load_dotenv(ROOT / ".env")
# What is imported stays: looking through it for garbage again and again takes a fifth of the time to start.
gc.disable()
try:
    settings = Settings.from_environment()
    if settings.is_production or find_spec("demo") is None:
        from app import create_app
    else:
        from demo.application import create_app
    app = create_app(settings)
except Exception as error:  # whatever it is, `flask doctor` says what to do about it
    from app.cli.unable import only_doctor

    app = only_doctor(error)
finally:
    gc.enable()
