"""Static files, fingerprinted: a URL changes with its content, so browsers may cache it forever.

Each file costs a request and its headers, so stylesheets are joined in the order of `css/ORDER`, modules with what
they import (`app.web.joined_modules`), and htmx with its extension.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from app.language import DEFAULT, speaking
from app.web import joined_modules, script_texts, tight_styles

_FOREVER = "public, max-age=31536000, immutable"
_COMPRESSED = {".css", ".js", ".svg"}
_OF_SHELL = "js/embed/"
"""Modules that run in pages of the shell, which imports them: each defines its element, or what several need. What
they import when it is needed isn't there before."""
_WORDS = "js/embed/words.js"
"""Its table is empty as it is written."""
_ON_BOTH_SIDES = "js/embed/pages.js"
_HTMX = ("vendor/htmx/htmx.min.js", "vendor/htmx/hx-ptag.min.js")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file: its bytes, compressed bytes if that helps, and its URL."""

    content: bytes
    compressed: bytes | None
    content_type: str
    fingerprint: str


def init_app(app: Flask) -> None:
    """Read the files once and give templates `static_url`. In debug mode they are reread at each use."""
    folder = Path(app.root_path) / "static"
    app.extensions["assets"] = read(folder)
    app.register_blueprint(blueprint)

    def static_url(name: str) -> str:
        if app.debug:
            app.extensions["assets"] = read(folder)
        asset: Asset = app.extensions["assets"][name]
        return url_for("assets.static", fingerprint=asset.fingerprint, name=name)

    app.add_template_global(static_url)


def read(folder: Path) -> dict[str, Asset]:
    """All files below `folder` by their relative name; joined ones are `app.css`, `htmx.js` and below `js/`."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".md" and path.parent.name != "css"
    }
    for sheet, names in sheets(folder / "css").items():
        style = _COMMENT.sub("", "\n".join((folder / "css" / name).read_text() for name in names))
        files[f"{sheet}.css"] = tight_styles.tightened(style).encode()
    files["htmx.js"] = b"\n".join(files.pop(name) for name in _HTMX)
    shared = {_ON_BOTH_SIDES: files[_ON_BOTH_SIDES]}
    modules = shared | {
        name: files.pop(name)
        for name in list(files)
        if name.startswith("js/") and not name.startswith(_OF_SHELL)
    }
    joined = joined_modules.join({name.removeprefix("js/"): text.decode() for name, text in modules.items()})
    files |= {f"js/{name}": text.encode() for name, text in joined.items()}
    of_shell = [text.decode() for name, text in files.items() if name.startswith(_OF_SHELL)]
    files[_WORDS] = files[_WORDS].replace(b"{};", f"{script_texts.words_of_shell(of_shell)};".encode(), 1)
    for name in files:
        if name.startswith(_OF_SHELL):
            files[name] = joined_modules.lightened(files[name].decode()).encode()
    # Modules import each other by relative address, so all files share one fingerprint.
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(name.encode() + b"\0" + content)
    return {name: _asset(name, content, digest.hexdigest()[:12]) for name, content in files.items()}


def sheets(folder: Path) -> dict[str, list[str]]:
    """The files of each stylesheet, in their order: `app` for all pages, and below `[a name]` one of its own for
    pages that ask for it (`styles`)."""
    found: dict[str, list[str]] = {"app": []}
    names = found["app"]
    for word in (folder / "ORDER").read_text().split():
        if word.startswith("["):
            names = found.setdefault(word.strip("[]"), [])
        else:
            names.append(word)
    return found


def is_file(response: Response) -> bool:
    """Whether this is the response with a static file. An error page for an unknown one isn't."""
    return request.blueprint == blueprint.name and response.status_code == HTTPStatus.OK


@blueprint.get("/static/<fingerprint>/<path:name>")
def static(fingerprint: str, name: str) -> Response:
    """Serve a file; an outdated fingerprint gets the current file, but without caching."""
    asset: Asset | None = current_app.extensions["assets"].get(name)
    if asset is None:
        abort(404)
    gzipped = asset.compressed is not None and bool(request.accept_encodings.best_match(["gzip"]))
    response = Response(asset.compressed if gzipped else asset.content, content_type=asset.content_type)
    response.headers["Cache-Control"] = _FOREVER if fingerprint == asset.fingerprint else "no-cache"
    if asset.compressed is not None:
        response.headers["Vary"] = "Accept-Encoding"
    if gzipped:
        response.headers["Content-Encoding"] = "gzip"
    return _for_shell(response) if name.startswith(_OF_SHELL) else response


@blueprint.get("/embed.js")
def embed() -> Response:
    """The shell's elements, at an address that stays: it imports the modules of theirs, all of one version."""
    assets: dict[str, Asset] = current_app.extensions["assets"]
    modules = {name: asset for name, asset in sorted(assets.items()) if name.startswith(_OF_SHELL)}
    later = {
        f"{_OF_SHELL}{name}"
        for one in modules.values()
        for name in joined_modules.on_need(one.content.decode())
    }
    urls = [
        url_for("assets.static", fingerprint=asset.fingerprint, name=name)
        for name, asset in modules.items()
        if name not in later
    ]
    response = Response("".join(f'import "{url}";\n' for url in urls), content_type="text/javascript")
    response.headers["Cache-Control"] = "public, max-age=300"
    return _for_shell(response)


def _for_shell(response: Response) -> Response:
    """Let pages of the shell run it, which are of another origin."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/embed/head")
def head() -> Response:
    """What belongs in the `<head>` of a shell's page that swaps in the `<main>` of ours (`app.web.parts`)."""
    template = current_app.jinja_env.get_template("base.html")
    block = template.blocks["assets"](template.new_context(vars={}))
    # Caches give it to everyone, so it is in English.
    with speaking(DEFAULT):
        text = "".join(block)
    response = Response(text, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _asset(name: str, content: bytes, fingerprint: str) -> Asset:
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    compressed = gzip.compress(content, mtime=0) if Path(name).suffix in _COMPRESSED else None
    return Asset(content, compressed, content_type, fingerprint)
