"""The routes of sign-in: a page sends a token once, and has a cookie from then on."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.datastructures import Authorization

from ffremote.clock import to_iso, utc_now
from ffremote.db.token import TokenKind
from ffremote.errors import FileTooLarge, InvalidArgument

from ..access import guard
from ..access.known_tokens import Bearer
from ..access.sessions import COOKIE
from ..context import current
from ..ingest.request_body import content_length, read_all

blueprint = Blueprint("sessions", __name__)

BODY_BYTES = 4096


@blueprint.get("/session")
def show() -> Response:
    """Return whether this server requires a token, and whose session the request has."""
    policy = current().access
    return jsonify(_session(policy.signed_in(guard.checked_headers())))


@blueprint.post("/session")
def sign_in() -> Response:
    """Begin a session with a token: the response sets a cookie that only the browser can read.

    It is accepted in place of the token for a week, until the token is revoked or has expired.
    """
    policy, secret = current().access, _token()
    policy.tokens.are_required()
    found = policy.tokens.require(Authorization("bearer", token=secret), TokenKind.CLIENT)
    if found is None:
        return jsonify(_session(None))
    value, end = policy.sessions.start(found.hash, utc_now())
    response = jsonify(_session(replace(found, expires_at=min(end, found.expires_at or end))))
    _set_cookie(response, value, end)
    return response


@blueprint.delete("/session")
def sign_out() -> Response:
    """End the session of this browser."""
    response = Response(status=204)
    _set_cookie(response, "", datetime.fromtimestamp(0, utc_now().tzinfo))
    return response


def _session(found: Bearer | None) -> dict[str, Any]:
    expires_at = found and found.expires_at
    return {
        "required": current().access.tokens.are_required(),
        "signed_in": found is not None,
        "name": found and found.name,
        "expires_at": expires_at and to_iso(expires_at),
    }


def _set_cookie(response: Response, value: str, end: datetime) -> None:
    # No header of a proxy is trusted; a browser says in Origin how it sees this server.
    is_secure = request.is_secure or request.headers.get("Origin", "").startswith("https://")
    response.set_cookie(
        COOKIE,
        value,
        expires=end,
        path=f"{request.script_root}/",
        secure=is_secure,
        httponly=True,
        samesite="Strict",
    )


def _token() -> str:
    """Return the token in the request's body; raise InvalidArgument."""
    length = content_length()
    if length > BODY_BYTES:
        raise FileTooLarge(
            f"The body has {length} bytes; the limit is {BODY_BYTES}.", max_bytes=BODY_BYTES
        )
    try:
        value = json.loads(read_all())
        json.dumps(value, ensure_ascii=False).encode()  # raises for half a character
    except (ValueError, RecursionError) as exc:
        raise InvalidArgument("body", "The body is no JSON.") from exc
    token = value.get("token") if isinstance(value, dict) else None
    if not isinstance(token, str) or not token:
        raise InvalidArgument("token", 'Send {"token": "…"} with the token as text.')
    return token
