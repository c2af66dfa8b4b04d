"""What every request passes first, before a byte of its body is read."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from flask import Flask, Response, g, request
from werkzeug.datastructures import Authorization

from ffremote.config import Settings
from ffremote.errors import RequestError

from . import cors
from .auth import Tokens
from .origin import Origins

log = logging.getLogger(__name__)

# For a supervisor or a load balancer, which has no token; they tell nothing of jobs.
OPEN_PATHS = frozenset({"/healthz", "/readyz"})
# The pages hold nothing: what they show they ask of the API, with the token of their reader.
PAGES = frozenset({"/", "/docs"})
ASSETS = "/static/"
ASKED = ("HOST", "ORIGIN", "SEC_FETCH_SITE", "AUTHORIZATION")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Gate:
    """Tokens, hosts and origins: whether a request may come in, by its head alone."""

    tokens: Tokens
    origins: Origins

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Read what the operator set; raise ConfigurationError."""
        return cls(Tokens.parse(settings.tokens), Origins.from_settings(settings))

    def check(self, method: str, headers: Mapping[str, str]) -> None:
        """Raise Forbidden for a Host or an Origin that may not drive this server.

        `headers` have the names of the environment, such as `SEC_FETCH_SITE`.
        """
        host = headers.get("HOST")
        self.origins.require_host(host)
        self.origins.require_origin(
            method, host=host, origin=headers.get("ORIGIN"), site=headers.get("SEC_FETCH_SITE")
        )

    def require_token(self, path: str, headers: Mapping[str, str]) -> str | None:
        """Return the name of the token, None where none is needed; raise Unauthorized."""
        if path in OPEN_PATHS or path in PAGES or path.startswith(ASSETS):
            return None
        return self.tokens.require(Authorization.from_header(headers.get("AUTHORIZATION")))

    def lets_in(self, method: str, path: str, headers: Mapping[str, str]) -> bool:
        """Whether the app will not refuse this at once; asked before a body takes anything."""
        try:
            self.check(method, headers)
            self.require_token(path, headers)
        except RequestError:
            return False
        return True


def guard(app: Flask, settings: Settings) -> None:
    """Let only those into `app` that the operator wants there."""
    gate = Gate.from_settings(settings)
    cors.let_pages_in(app, gate.origins)

    @app.before_request
    def check() -> Response | None:
        environ = request.environ
        headers = {name: environ[f"HTTP_{name}"] for name in ASKED if f"HTTP_{name}" in environ}
        gate.check(request.method, headers)
        if answer := cors.preflight(gate.origins):
            return answer
        g.token_name = gate.require_token(request.path, headers)
        return None


def client() -> str:
    """Name who sent the current request: its token's name, without tokens its address."""
    name = g.get("token_name")
    return f"token {name}" if name else f"address {request.remote_addr}"


def warn(settings: Settings) -> None:
    """Say at the start what an open server means."""
    if settings.tokens:
        return
    if settings.host in LOOPBACK:
        log.warning("no FFREMOTE_TOKENS: every user and program of this machine may use it")
        return
    log.error(
        "NO AUTHENTICATION: FFREMOTE_TOKENS is not set and %s is not loopback. Whoever reaches "
        "this port may read, run and cancel all jobs. Make a token with "
        "`flask --app ffremote token NAME`, or listen on 127.0.0.1.",
        settings.host,
    )
