"""The application object for gunicorn in browser tests: `wsgi:app`, with the pseudo-language for browsers that ask for it."""

from tests.support.pseudo import offer_pseudo
from wsgi import app

offer_pseudo()

__all__ = ["app"]
