"""Counts the requests of one process, and their bytes: each process is scraped for its own."""

from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, Counter

EXTENSION = "ffremote.traffic"


class Traffic:
    """The counters of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "ffremote_http_requests",
            "Requests answered by this process, by group of paths, method and status.",
            ["group", "method", "status"],
            registry=self.registry,
        )
        self._received = Counter(
            "ffremote_http_received_bytes",
            "Bytes of the bodies that requests to this process announced.",
            registry=self.registry,
        )
        self._sent = Counter(
            "ffremote_http_sent_bytes",
            "Bytes of the bodies that this process answered with.",
            registry=self.registry,
        )

    def note(self, response: Response) -> Response:
        """Count the current request."""
        group = request.blueprint or "none"
        method = request.method if request.url_rule is not None else "other"
        status = f"{response.status_code // 100}xx"
        self._requests.labels(group, method, status).inc()
        self._received.inc(request.content_length or 0)
        if request.method != "HEAD":
            self._sent.inc(response.content_length or 0)
        return response


def count(app: Flask) -> None:
    """Count the requests of `app`."""
    traffic = app.extensions[EXTENSION] = Traffic()
    app.after_request(traffic.note)
