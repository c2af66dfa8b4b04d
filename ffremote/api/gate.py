"""What every request passes first, before a byte of its body is read."""

import logging

from flask import Flask, Response, g, request

from ffremote.config import Settings

from . import cors
from .auth import Tokens
from .origin import Origins

log = logging.getLogger(__name__)

# For a supervisor or a load balancer, which has no token; they tell nothing of jobs.
OPEN_PATHS = frozenset({"/healthz", "/readyz"})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def guard(app: Flask, settings: Settings) -> None:
    """Let only those into `app` that the operator wants there."""
    tokens = Tokens.parse(settings.tokens)
    origins = Origins.from_settings(settings)
    cors.let_pages_in(app, origins)

    @app.before_request
    def check() -> Response | None:
        host = request.headers.get("Host")
        origins.require_host(host)
        origins.require_origin(
            request.method,
            host=host,
            origin=request.headers.get("Origin"),
            site=request.headers.get("Sec-Fetch-Site"),
        )
        if answer := cors.preflight(origins):
            return answer
        if request.path not in OPEN_PATHS:
            g.token_name = tokens.require(request.authorization)
        return None


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
