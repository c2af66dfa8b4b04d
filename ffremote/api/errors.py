"""Turns every exception into a response: the table of HTTP statuses and the error handlers."""

import errno
import logging
from http import HTTPStatus

from flask import Flask, Response, jsonify, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from ffremote import errors
from ffremote.db.outages import Outage, outage_of
from ffremote.files import ballast

from .context import current
from .error_document import RETRY_AFTER_SECONDS, code_of, error_document
from .ingest import request_body, tus

log = logging.getLogger(__name__)

STATUSES: dict[type[Exception], int] = {
    tus.WrongVersion: HTTPStatus.PRECONDITION_FAILED,
    tus.ChecksumMismatch: 460,  # defined by tus, in no RFC
    tus.UploadLocked: HTTPStatus.LOCKED,
    request_body.LengthRequired: HTTPStatus.LENGTH_REQUIRED,
    request_body.NoStreams: HTTPStatus.NOT_IMPLEMENTED,
    errors.InvalidArgument: HTTPStatus.BAD_REQUEST,
    errors.Unauthorized: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.ResultExpired: HTTPStatus.GONE,
    errors.ClaimLost: HTTPStatus.GONE,
    errors.FileTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.TranscodeFailed: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.QueueFull: HTTPStatus.TOO_MANY_REQUESTS,
    errors.ServiceUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.InsufficientStorage: HTTPStatus.INSUFFICIENT_STORAGE,
}
# Messages for errors that Flask raises; the others keep Flask's description.
MESSAGES = {
    HTTPStatus.NOT_FOUND: "{path} does not exist.",
    HTTPStatus.METHOD_NOT_ALLOWED: "{path} does not support {method}.",
}


def register_error_handlers(app: Flask) -> None:
    """Make `app` respond to every exception with an error document."""
    app.register_error_handler(errors.RequestError, request_error)
    app.register_error_handler(errors.DatabaseNotReady, _database_not_ready)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OSError, _system_error)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(PoolTimeoutError, _database_error)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: Exception) -> int:
    """Return the status of the exception's nearest class in `STATUSES`, 500 without one."""
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def request_error(error: errors.RequestError) -> Response:
    """Return the response to an error of the core, with Retry-After or WWW-Authenticate."""
    response = jsonify(error_document(error.code, error.message, error.details))
    response.status_code = status_of(error)
    if isinstance(error, (errors.QueueFull, errors.ServiceUnavailable, tus.UploadLocked)):
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if isinstance(error, errors.Unauthorized):
        # A script's request would make the browser ask for a password, over the page's own form.
        is_script = request.headers.get("Sec-Fetch-Dest", "document") != "document"
        for scheme in ("Bearer",) if is_script else ("Bearer", "Basic"):  # Chromium: one a line
            response.headers.add("WWW-Authenticate", f'{scheme} realm="ffremote"')
    return response


def _database_not_ready(error: errors.DatabaseNotReady) -> Response:
    log.error("%s", error)
    reason = getattr(error, "reason", "The server's database has not been migrated.")
    return request_error(errors.ServiceUnavailable(reason))


def _http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    default = error.description or status.phrase
    message = MESSAGES.get(status, default).format(path=request.path, method=request.method)
    response = jsonify(error_document(code_of(status), message))
    response.status_code = status
    for name, value in error.get_headers():  # Allow, Retry-After, Content-Range
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _system_error(error: OSError) -> Response:
    if isinstance(error, (ConnectionError, TimeoutError)):
        return request_error(errors.InvalidArgument("body", "The body was not received."))
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        log.error("%s %s: %s", request.method, request.path, error)
        return request_error(errors.InsufficientStorage("The disk of the server is full."))
    return _unexpected(error)


def _database_error(error: DBAPIError | PoolTimeoutError) -> Response:
    outage = outage_of(error)
    if outage is None:
        return _unexpected(error)
    cause = error.orig if isinstance(error, DBAPIError) else error
    log.error("%s %s: %s (%s)", request.method, request.path, outage, cause)
    if outage is Outage.FULL:
        return request_error(_full_disk())
    return request_error(errors.ServiceUnavailable(outage.value))


def _full_disk() -> errors.InsufficientStorage:
    """Make room for SQLite, if it is its disk; return the error."""
    if not current().settings.is_sqlite:
        return errors.InsufficientStorage(Outage.FULL.value)
    ballast.drop(current().storage)
    return errors.InsufficientStorage("The disk of the server is full.")


def _unexpected(error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    response = jsonify(
        error_document("INTERNAL_ERROR", "Internal error; the server's log has the details.")
    )
    response.status_code = HTTPStatus.INTERNAL_SERVER_ERROR
    return response
