"""A page that takes cards with stripe.js, on an origin of its own, under a policy as strict as the portal's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server

POLICY = (
    "default-src 'none'; script-src 'self' {stand_in}; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self' {stand_in}; frame-src {stand_in}; form-action 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HTML = """<!doctype html>
<html lang="en">
<head>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>A shop</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/shop.css">
  <script src="{stand_in}/endive/stripe.js"></script>
  <script src="/shop.js" defer></script>
</head>
<body>
  <main>
    <h1>Add a card</h1>
    <form><div id="card"></div><button>Save card</button></form>
    <p role="status"></p>
  </main>
</body>
</html>"""
# Styles that would spoil a dialog of the stand-in's, had it no tree of its own.
STYLE = """
:root { color-scheme: light dark; font-family: system-ui; }
main { max-width: 32rem; margin: auto; }
dialog, button { padding: 3rem; transform: rotate(5deg); }
form { display: grid; gap: 1rem; }
"""
SCRIPT = """
window.happened = [];
document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  window.happened.push("submit");
});
window.mountCard = (options) => new Promise((resolve) => {
  window.stripe = Stripe("pk_test_sandbox");
  window.elements = window.stripe.elements(options);
  const element = window.elements.create("payment");
  element.on("change", ({ empty, complete }) => window.happened.push(`change ${empty} ${complete}`));
  element.on("focus", () => window.happened.push("focus"));
  element.on("ready", () => {
    window.happened.push("ready");
    resolve();
  });
  element.mount("#card");
});
window.start = (work) => {
  window.result = null;
  const status = document.querySelector("[role=status]");
  status.textContent = "";
  const done = (result) => {
    window.result = result;
    status.textContent = result.error ? result.error.code : "done";
  };
  work().then(done, (error) => done({ error: { code: error.name, message: error.message } }));
};
window.save = () => window.start(() => window.stripe.confirmSetup({
  elements: window.elements, confirmParams: { return_url: `${location.origin}/back` }, redirect: "if_required",
}));
window.act = (clientSecret) => window.start(() => Stripe("pk_test_sandbox").handleNextAction({ clientSecret }));
"""


@contextmanager
def opened(stand_in: str) -> Iterator[str]:
    """The shop at a free port; its address, by a name that makes it another site than the stand-in."""
    server = make_server("127.0.0.1", 0, create_shop(stand_in), threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def create_shop(stand_in: str) -> Flask:
    shop = Flask("shop")

    @shop.get("/shop.css")
    def style() -> ResponseReturnValue:
        return STYLE, {"Content-Type": "text/css"}

    @shop.get("/shop.js")
    def script() -> ResponseReturnValue:
        return SCRIPT, {"Content-Type": "text/javascript"}

    @shop.get("/")
    @shop.get("/back")
    def page() -> ResponseReturnValue:
        return HTML.format(stand_in=stand_in), {"Content-Security-Policy": POLICY.format(stand_in=stand_in)}

    return shop
