"""The JSON document of an error, for the app and for the server in front of it."""

from http import HTTPStatus
from typing import Any

RETRY_AFTER_SECONDS = 5  # the Retry-After of an error that passes

# The codes of errors that Flask or waitress raises, by status; every other status is a bad request.
_CODES = {
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.METHOD_NOT_ALLOWED: "METHOD_NOT_ALLOWED",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "FILE_TOO_LARGE",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "UNSUPPORTED_MEDIA_TYPE",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL_ERROR",
    HTTPStatus.SERVICE_UNAVAILABLE: "SERVICE_UNAVAILABLE",
}


def error_document(
    code: str, message: str, details: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return the JSON of an error."""
    return {"error": {"code": code, "message": message, "details": details or {}}}


def code_of(status: HTTPStatus) -> str:
    """Return the error code for an HTTP status."""
    return _CODES.get(status, "INVALID_ARGUMENT")
