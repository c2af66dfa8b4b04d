"""Access checks on the headers of every request, before its body is read."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from flask import Flask, Response, g, request
from werkzeug.datastructures import Authorization

from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.errors import RequestError

from . import cors, signed_paths
from .auth import Tokens
from .origin import Origins
from .signed_paths import SignedPaths

log = logging.getLogger(__name__)

# For supervisors and load balancers, which have no token; the responses reveal nothing about jobs.
OPEN_PATHS = frozenset({"/healthz", "/readyz"})
# These pages hold no data: their script requests it from the API, with the user's token.
PAGES = frozenset({"/", "/docs"})
ASSETS = "/static/"
CHECKED_HEADERS = ("HOST", "ORIGIN", "SEC_FETCH_SITE", "AUTHORIZATION")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Decides from a request's headers whether it is allowed: tokens, Host and Origin."""

    tokens: Tokens
    origins: Origins
    paths: SignedPaths

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Build the policy from the settings; raise ConfigurationError."""
        tokens = Tokens.parse(settings.tokens)
        paths = SignedPaths.of(tokens.hashes.values())
        return cls(tokens, Origins.from_settings(settings), paths)

    def check(self, method: str, headers: Mapping[str, str]) -> None:
        """Raise Forbidden for a Host or an Origin that is not allowed.

        `headers` are named as in the WSGI environment without `HTTP_`, such as `SEC_FETCH_SITE`.
        """
        host = headers.get("HOST")
        self.origins.require_host(host)
        self.origins.require_origin(
            method, host=host, origin=headers.get("ORIGIN"), site=headers.get("SEC_FETCH_SITE")
        )

    def require_token(self, path: str, headers: Mapping[str, str]) -> str | None:
        """Return the name of the token, None where none is required.

        Raise Unauthorized, and Forbidden or NotFound for a signed path that is not valid.
        """
        if path.startswith(signed_paths.PREFIX):
            self.paths.job_of(path, utc_now())
            return None
        if path in OPEN_PATHS or path in PAGES or path.startswith(ASSETS):
            return None
        return self.tokens.require(Authorization.from_header(headers.get("AUTHORIZATION")))

    def allows(self, method: str, path: str, headers: Mapping[str, str]) -> bool:
        """Whether the app will accept the request; the server checks it before it reads a body."""
        try:
            self.check(method, headers)
            self.require_token(path, headers)
        except RequestError:
            return False
        return True


def guard(app: Flask, policy: AccessPolicy) -> None:
    """Install the access checks on `app`."""
    cors.allow_origins(app, policy.origins)

    @app.before_request
    def check_access() -> Response | None:
        environ = request.environ
        headers = {
            name: environ[f"HTTP_{name}"] for name in CHECKED_HEADERS if f"HTTP_{name}" in environ
        }
        policy.check(request.method, headers)
        if response := cors.preflight(policy.origins):
            return response
        g.token_name = policy.require_token(request.path, headers)
        return None


def client() -> str:
    """Return an identifier of the current request's client: its token's name, else its address."""
    name = g.get("token_name")
    return f"token {name}" if name else f"address {request.remote_addr}"


def warn_if_open(settings: Settings) -> None:
    """Log a warning if authentication is disabled."""
    if settings.tokens:
        return
    if settings.host in LOOPBACK:
        log.warning(
            "FFREMOTE_TOKENS is not set: every user and program of this machine may use this server"
        )
        return
    log.error(
        "NO AUTHENTICATION: FFREMOTE_TOKENS is not set and %s is not loopback. Any client that "
        "can connect may read, run and cancel all jobs. Create a token with "
        "`flask --app ffremote token NAME`, or listen on 127.0.0.1.",
        settings.host,
    )
