"""Configures and runs waitress: streaming with a tested version, stock with any other."""

import logging
import re
import resource
import socket
import tempfile
import threading
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Self
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from ffremote.config import Settings
from ffremote.errors import ConfigurationError
from ffremote.host.notify import Listener

from ..access.guard import AccessPolicy
from ..ingest.multipart_form import FORM_BYTES
from .channel import StockChannel, StreamingChannel
from .parser import AccessCheck, Buffers
from .pools import Pools
from .waiting import Bell, ParkingLot

log = logging.getLogger(__name__)

# The versions that the channel is tested with.
OLDEST_TESTED, FIRST_UNTESTED = (3, 0, 2), (3, 1)
TESTED = ">=3.0.2,<3.1"
NO_LIMIT = 1 << 45  # the app limits bodies itself and responds with an error document
CONNECTIONS = 2000

TRANSFERS = re.compile(
    r"GET (/api/v1/jobs/[^/]+/(result|files/.+)|/files/.+|/worker/v1/jobs/[^/]+/[^/]+/inputs/.+)"
    r"|POST /worker/v1/jobs/[^/]+/[^/]+/results"
)
"""What moves files to or from an object store: a thread is in use for as long as that takes."""
WAITING_BYTES = 4 << 20  # of a response that a thread has made and a client has not read

COMMON: dict[str, Any] = {
    "connection_limit": CONNECTIONS,
    "asyncore_use_poll": True,
    "channel_timeout": 120,
    "max_request_header_size": 64 << 10,
    "log_socket_errors": False,
    "ident": "ffremote",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A bound server; `run` serves until it is interrupted."""

    addresses: tuple[tuple[str, int], ...]
    _channels: dict[int, Any]
    _listener: Any
    _parking: ParkingLot
    _stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def bind(cls, app: WSGIApplication, settings: Settings, policy: AccessPolicy) -> Self:
        """Bind to the address of `settings`; raise OSError if that fails.

        `policy` is that of the app, asked before a body is read.
        Raises ConfigurationError if tokens are required and this version of waitress would store a
        body before the token is checked.
        """
        _allow_many_files()
        if can_stream(version("waitress")):
            return cls._bind(app, settings, policy, _streaming(settings), StreamingChannel)
        if policy.tokens.were_required:
            raise ConfigurationError(
                f"waitress {version('waitress')} stores whole uploads before a token is checked; "
                f"with tokens, install waitress {TESTED}"
            )
        log.warning(
            "waitress %s is untested (tested: %s): uploads are copied once more, before Host and "
            "Origin are checked",
            version("waitress"),
            TESTED,
        )
        return cls._bind(app, settings, policy, _stock(settings), StockChannel)

    @classmethod
    def _bind(
        cls,
        app: WSGIApplication,
        settings: Settings,
        policy: AccessPolicy,
        options: dict[str, Any],
        channel_class: type[HTTPChannel],
    ) -> Self:
        channels: dict[int, Any] = {}
        create_server(
            app, map=channels, host=settings.host, port=settings.port, **COMMON, **options
        )
        is_allowed: AccessCheck = policy.allows
        parking = ParkingLot()
        listeners = [
            listener for listener in channels.values() if isinstance(listener, BaseWSGIServer)
        ]
        for listener in listeners:
            listener.channel_class = channel_class
            listener.is_allowed, listener.buffers = is_allowed, Buffers()
            listener.parking = parking
            listener.url_prefix = settings.url_prefix
        addresses = tuple(
            (listener.effective_host, int(listener.effective_port)) for listener in listeners
        )
        return cls(addresses, channels, listeners[0], parking)

    def run(self) -> None:
        """Serve until `stop`, KeyboardInterrupt or SystemExit, then end the running requests."""
        try:
            while not self._stopping.is_set():
                wasyncore.loop(timeout=1, use_poll=True, map=self._channels, count=1)
                self._parking.turn()
        except (KeyboardInterrupt, SystemExit):
            log.info("stopping")
        self._take_back_held()
        self._hang_up()
        self._listener.task_dispatcher.shutdown()
        with self._lock:
            self._parking.close()
            wasyncore.close_all(self._channels)

    @property
    def waiting(self) -> int:
        """The number of requests that wait."""
        return len(self._parking)

    def wake_by(self, listener: Listener) -> None:
        """Let requests that wait run again at each notification of `listener`."""
        if listener.fileno() >= 0:
            self._channels[listener.fileno()] = Bell(listener, self._parking)

    def stop(self) -> None:
        """Make `run` return; called from another thread."""
        with self._lock:  # or the loop might end, and the trigger's descriptor be reused
            if self._channels:
                self._stopping.set()
                self._listener.pull_trigger()

    def _take_back_held(self) -> None:
        """Let the loop look at all connections again, those too to which only threads send."""
        listeners = [each for each in self._channels.values() if isinstance(each, BaseWSGIServer)]
        for listener in listeners:
            for number, channel in list(listener.active_channels.items()):
                self._channels.setdefault(number, channel)

    def _hang_up(self) -> None:
        """Wake the threads that wait for a client's bytes, so that they clean up and end."""
        for channel in list(self._channels.values()):
            if isinstance(channel, HTTPChannel) and channel.requests and channel.socket:
                try:
                    channel.socket.shutdown(socket.SHUT_RD)
                except OSError:
                    continue  # the client has already closed the connection


def can_stream(waitress_version: str) -> bool:
    """Whether the channel is tested with this version of waitress."""
    numbers = tuple(int(part) for part in waitress_version.split(".")[:3] if part.isdecimal())
    return OLDEST_TESTED <= numbers < FIRST_UNTESTED


def _streaming(settings: Settings) -> dict[str, Any]:
    transfers = None if settings.s3 is None else TRANSFERS
    pools = Pools(
        threads=settings.threads, transfer_threads=settings.transfer_threads, transfers=transfers
    )
    return {
        "outbuf_high_watermark": WAITING_BYTES,
        "outbuf_overflow": 2 * WAITING_BYTES,  # never to a file
        "_dispatcher": pools,
        "recv_bytes": 64 << 10,
        "inbuf_overflow": 2 << 20,
        "max_request_body_size": NO_LIMIT,
    }


def _stock(settings: Settings) -> dict[str, Any]:
    # Spool bodies in the data directory: /tmp may be memory.
    tempfile.tempdir = str(settings.data_dir.resolve() / "cache")
    return {
        "threads": settings.threads,
        "recv_bytes": 1 << 20,
        "inbuf_overflow": 16 << 20,
        "max_request_body_size": settings.max_upload_bytes + FORM_BYTES + 1,
    }


def _allow_many_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * CONNECTIONS
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
