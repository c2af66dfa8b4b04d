"""The dashboard at `/`: static files whose script calls the API like any other client."""

from importlib.resources import files

from flask import Blueprint, Response

from ffremote.errors import NotFound

blueprint = Blueprint("dashboard", __name__)

KINDS = {"html": "text/html; charset=utf-8", "css": "text/css", "js": "text/javascript"}
# No foreign and no inline sources, so an untrusted file name can never become a script.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@blueprint.get("/")
def page() -> Response:
    """Show the jobs and the workers."""
    return _file("dashboard.html")


@blueprint.get("/static/<name>")
def asset(name: str) -> Response:
    """Send the page's style sheet or script."""
    if name not in ("dashboard.css", "dashboard.js"):
        raise NotFound(f"/static/{name} does not exist.")
    return _file(name)


def _file(name: str) -> Response:
    text = files("ffremote.api.routes").joinpath("static", name).read_bytes()
    response = Response(text, content_type=KINDS[name.rpartition(".")[2]])
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
