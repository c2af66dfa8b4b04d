"""From an error to an answer: the one place that knows HTTP statuses, on every path."""

import errno
import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from ffremote import errors
from ffremote.db.outages import Outage, outage_of
from ffremote.files import ballast

from .context import current
from .ingest import request_body, tus

log = logging.getLogger(__name__)

STATUSES: dict[type[Exception], int] = {
    tus.WrongVersion: HTTPStatus.PRECONDITION_FAILED,
    tus.ChecksumMismatch: 460,  # tus has made it up
    tus.UploadLocked: HTTPStatus.LOCKED,
    request_body.LengthRequired: HTTPStatus.LENGTH_REQUIRED,
    errors.InvalidArgument: HTTPStatus.BAD_REQUEST,
    errors.Unauthorized: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.ResultExpired: HTTPStatus.GONE,
    errors.FileTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.TranscodeFailed: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.QueueFull: HTTPStatus.TOO_MANY_REQUESTS,
    errors.ServiceUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.InsufficientStorage: HTTPStatus.INSUFFICIENT_STORAGE,
}
RETRY_SECONDS = 5

# What Flask itself refuses, by status; anything else that it refuses is a wrong request.
CODES = {
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.METHOD_NOT_ALLOWED: "METHOD_NOT_ALLOWED",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "FILE_TOO_LARGE",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "UNSUPPORTED_MEDIA_TYPE",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL_ERROR",
    HTTPStatus.SERVICE_UNAVAILABLE: "SERVICE_UNAVAILABLE",
}
SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing at {path}.",
    HTTPStatus.METHOD_NOT_ALLOWED: "{method} is not possible at {path}.",
}


def answer_errors(app: Flask) -> None:
    """Make every error of `app` an answer in the API's error model."""
    app.register_error_handler(errors.RequestError, request_error)
    app.register_error_handler(errors.DatabaseNotReady, _database_not_ready)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OSError, _system_error)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(Exception, _unexpected)


def document(code: str, message: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the JSON of an error."""
    return {"error": {"code": code, "message": message, "details": details or {}}}


def status_of(error: Exception) -> int:
    """Return the status of the nearest class that we know."""
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def request_error(error: errors.RequestError) -> Response:
    """Answer an error of the core."""
    response = jsonify(document(error.code, error.message, error.details))
    response.status_code = status_of(error)
    if isinstance(error, (errors.QueueFull, errors.ServiceUnavailable, tus.UploadLocked)):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    if isinstance(error, errors.Unauthorized):
        for scheme in ("Bearer", "Basic"):  # Chromium reads one challenge in a line
            response.headers.add("WWW-Authenticate", f'{scheme} realm="ffremote"')
    return response


def _database_not_ready(error: errors.DatabaseNotReady) -> Response:
    log.error("%s", error)
    reason = getattr(error, "reason", "The database of the server is not set up yet.")
    return request_error(errors.ServiceUnavailable(reason))


def _http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    default = error.description or status.phrase
    message = SENTENCES.get(status, default).format(path=request.path, method=request.method)
    response = jsonify(document(CODES.get(status, "INVALID_ARGUMENT"), message))
    response.status_code = status
    for name, value in error.get_headers():  # Allow, Retry-After, Content-Range
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _system_error(error: OSError) -> Response:
    if isinstance(error, (ConnectionError, TimeoutError)):
        return request_error(errors.InvalidArgument("body", "The body did not arrive."))
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        log.error("%s %s: %s", request.method, request.path, error)
        return request_error(errors.InsufficientStorage("The disk of the server is full."))
    return _unexpected(error)


def _database_error(error: DBAPIError) -> Response:
    outage = outage_of(error.orig)
    if outage is None:
        return _unexpected(error)
    log.error("%s %s: %s (%s)", request.method, request.path, outage, error.orig)
    if outage is Outage.FULL:
        ballast.drop(current().storage)
        return request_error(errors.InsufficientStorage("The disk of the server is full."))
    return request_error(errors.ServiceUnavailable(outage.value))


def _unexpected(error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    response = jsonify(
        document("INTERNAL_ERROR", "Internal error; the server's log has the details.")
    )
    response.status_code = HTTPStatus.INTERNAL_SERVER_ERROR
    return response
