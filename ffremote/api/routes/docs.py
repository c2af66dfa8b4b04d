"""The API's documentation: OpenAPI for programs, and an HTML page made from it."""

from flask import Blueprint, Response, current_app, jsonify, request

from ..openapi import page
from ..openapi.document import build_document

blueprint = Blueprint("description", __name__)


@blueprint.get("/api/v1/openapi.json")
def openapi() -> Response:
    """Return the description of the API in OpenAPI 3.1."""
    return jsonify(build_document(current_app, root=f"{request.script_root}/"))


@blueprint.get("/docs")
def docs() -> Response:
    """Show the description of the API as a page."""
    root = f"{request.script_root}/"
    response = Response(page.render(build_document(current_app, root=root), root))
    response.headers["Content-Security-Policy"] = page.POLICY
    return response
