"""Access checks on the headers of every request, before its body is read."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from flask import Flask, Response, g, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import Authorization

from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db.token import TokenKind
from ffremote.errors import NotFound, RequestError, Unauthorized
from ffremote.ledger import wire

from . import cors, signed_paths
from .auth import Tokens
from .known_tokens import Bearer, KnownTokens
from .origin import Origins
from .sessions import Sessions, has_cookie

log = logging.getLogger(__name__)

SESSION = "/api/v1/session"
# For supervisors and load balancers, which have no token, and for the sign-in. The responses reveal
# nothing about jobs.
OPEN_PATHS = frozenset({"/healthz", "/readyz", SESSION})
# These pages hold no data: their script requests it from the API, with the user's token.
PAGES = frozenset({"/", "/docs"})
ASSETS = "/static/"
JOIN = f"{wire.API}/join"
"""It takes an invitation instead of a token."""
CHECKED_HEADERS = ("HOST", "ORIGIN", "SEC_FETCH_SITE", "AUTHORIZATION", "COOKIE")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Decides from a request's headers whether it is allowed: tokens, Host and Origin."""

    tokens: KnownTokens
    origins: Origins
    sessions: Sessions

    @classmethod
    def from_settings(
        cls, settings: Settings, sessions: Callable[[], Session] | None = None
    ) -> Self:
        """Build the policy from the settings; raise ConfigurationError.

        `sessions` opens the database with further tokens.
        """
        tokens = KnownTokens(Tokens.parse(settings.tokens), sessions)
        return cls(tokens, Origins.from_settings(settings), Sessions(sessions))

    def check(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """Raise Forbidden for a Host or an Origin that is not allowed.

        `headers` are named as in the WSGI environment without `HTTP_`, such as `SEC_FETCH_SITE`.
        """
        host = headers.get("HOST")
        has_tokens = self.tokens.were_required or _kind_for(path) is TokenKind.WORKER
        self.origins.require_host(host, has_tokens=has_tokens)
        asked_by = {"origin": headers.get("ORIGIN"), "site": headers.get("SEC_FETCH_SITE")}
        self.origins.require_origin(method, host=host, **asked_by)
        if "AUTHORIZATION" not in headers and has_cookie(headers.get("COOKIE")):
            self.origins.require_same_origin(method, host=host, **asked_by)

    def require_token(self, path: str, headers: Mapping[str, str]) -> Bearer | None:
        """Return whose token the request has, None where none is required.

        The API of workers does not exist until there is a token for one.

        Raise Unauthorized, and Forbidden or NotFound for a signed path that is not valid.
        """
        if path.startswith(signed_paths.PREFIX):
            signed_paths.job_of(path, utc_now(), self.tokens.client_hashes())
            return None
        if needs_no_token(path):
            return None
        kind = _kind_for(path)
        if kind is TokenKind.WORKER and not self.tokens.have_workers():
            raise NotFound(f"{path} does not exist.")
        authorization = Authorization.from_header(headers.get("AUTHORIZATION"))
        if authorization is None and kind is TokenKind.CLIENT and self.tokens.were_required:
            found = self.signed_in(headers)
            if found is not None:
                return found
            if has_cookie(headers.get("COOKIE")):
                raise Unauthorized("This session has ended; sign in again with a token.")
        return self.tokens.require(authorization, kind)

    def signed_in(self, headers: Mapping[str, str]) -> Bearer | None:
        """Return whose token the session of a request stands for, until it ends; or None."""
        cookies = headers.get("COOKIE")
        if cookies is None or not has_cookie(cookies):
            return None
        self.sessions.load()
        session = self.sessions.token_in(cookies, self.tokens.client_hashes(), utc_now())
        found = None if session is None else self.tokens.by_hash(session[0])
        if session is None or found is None:
            return None
        return replace(found, expires_at=min(session[1], found.expires_at or session[1]))

    def allows(self, method: str, path: str, headers: Mapping[str, str]) -> bool:
        """Whether the app will most likely accept the request, by what this process has seen.

        The server asks it before it reads a body.
        """
        try:
            self.check(method, path, headers)
            if path.startswith(signed_paths.PREFIX):
                signed_paths.job_of(path, utc_now(), self.tokens.seen_hashes())
                return True
        except RequestError:
            return False
        authorization = Authorization.from_header(headers.get("AUTHORIZATION"))
        kind = _kind_for(path)
        if authorization is None and kind is TokenKind.CLIENT and "COOKIE" in headers:
            seen = self.tokens.seen_hashes()
            if self.sessions.token_in(headers["COOKIE"], seen, utc_now()) is not None:
                return True
        return needs_no_token(path) or self.tokens.was_seen(authorization, kind)


def _kind_for(path: str) -> TokenKind:
    """Return the kind of token that a path takes."""
    is_for_workers = path == wire.API or path.startswith(f"{wire.API}/")
    return TokenKind.WORKER if is_for_workers else TokenKind.CLIENT


def needs_no_token(path: str) -> bool:
    """Return whether the response to this path reveals nothing that a token protects."""
    return path in OPEN_PATHS or path in PAGES or path == JOIN or path.startswith(ASSETS)


def guard(app: Flask, policy: AccessPolicy) -> None:
    """Install the access checks on `app`."""
    cors.allow_origins(app, policy.origins)

    @app.before_request
    def check_access() -> Response | None:
        headers = checked_headers()
        if not needs_no_token(request.path) and _kind_for(request.path) is TokenKind.CLIENT:
            policy.tokens.are_required()  # before the Host is checked, which depends on it
        policy.check(request.method, request.path, headers)
        if response := cors.preflight(policy.origins):
            return response
        g.bearer = policy.require_token(request.path, headers)
        return None


def checked_headers() -> dict[str, str]:
    """Return those headers of the current request that decide about its access."""
    environ = request.environ
    return {name: environ[f"HTTP_{name}"] for name in CHECKED_HEADERS if f"HTTP_{name}" in environ}


def bearer() -> Bearer | None:
    """Return whose token the current request has."""
    found: Bearer | None = g.get("bearer")
    return found


def client() -> str:
    """Return an identifier of the current request's client: its token's name, else its address."""
    found = bearer()
    return f"token {found.name}" if found else f"address {request.remote_addr}"


def warn_if_open(settings: Settings, *, has_tokens: bool) -> None:
    """Log a warning if clients need no token."""
    if has_tokens:
        return
    if settings.host in LOOPBACK:
        log.warning("There is no token: every user and program of this machine may use this server")
        return
    log.error(
        "NO AUTHENTICATION: there is no token and %s is not loopback. Any client that "
        "can connect may read, run and cancel all jobs. Create a token with "
        "`flask --app ffremote token add NAME`, or listen on 127.0.0.1.",
        settings.host,
    )
