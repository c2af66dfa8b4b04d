"""The routes of the page: its document, and its files below a path that changes with them."""

from flask import Blueprint, Response, render_template, request, url_for

from ffremote.errors import NotFound
from ffremote.version import __version__

from . import assets

blueprint = Blueprint("page", __name__, template_folder="templates")

# No foreign and no inline sources, so a hostile file name can never become a script. What
# hls.js plays comes from a blob.
POLICY = "; ".join(
    (
        *("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"),
        *("img-src 'self'", "media-src 'self' blob:", "form-action 'self'"),
        *("frame-ancestors 'none'", "base-uri 'none'"),
    )
)
A_YEAR = "public, max-age=31536000, immutable"


@blueprint.get("/")
def show() -> Response:
    """Send the document of the page."""
    text = render_template(
        "page.html",
        root=url_for("page.show"),
        static=url_for("page.asset", version=assets.version(), name=""),
        modules=assets.first_modules(),
        version=__version__,
    )
    response = Response(text, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/static/<version>/", defaults={"name": ""})
@blueprint.get("/static/<version>/<path:name>")
def asset(version: str, name: str) -> Response:
    """Send a file of the page; a page opened before an update gets the present one."""
    found = assets.every().get(name)
    if found is None:
        raise NotFound(f"/static/{version}/{name} does not exist.")
    response = Response(found.body, content_type=found.content_type)
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = A_YEAR if version == assets.version() else "no-cache"
    if request.accept_encodings["gzip"] > 0 and found.packed:
        response.set_data(found.packed)
        response.headers["Content-Encoding"] = "gzip"
    return response
