"""waitress, set up for us: streaming where we know its version, tuned stock elsewhere."""

import logging
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

from ..access import guard
from ..ingest.multipart_form import FORM_BYTES
from .channel import StockChannel, StreamingChannel
from .parser import Buffers, Door
from .pools import Pools

log = logging.getLogger(__name__)

OLDEST, NEWEST = (3, 0, 2), (3, 1)  # the versions that our channel was tried with
TRIED = ">=3.0.2,<3.1"
NO_LIMIT = 1 << 45  # our app counts bodies itself and says so in our error model
CONNECTIONS = 2000

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
    """A bound server that `run` runs until it is interrupted."""

    addresses: tuple[tuple[str, int], ...]
    _channels: dict[int, Any]
    _listener: Any
    _stopping: threading.Event = field(default_factory=threading.Event)
    _gate: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def bind(cls, app: WSGIApplication, settings: Settings) -> Self:
        """Bind to the address of `settings`; raise OSError when that is not possible.

        Raises ConfigurationError when tokens are asked for and waitress cannot be trusted to ask
        for them before it stores a body.
        """
        _allow_many_files()
        channels: dict[int, Any] = {}
        if can_stream(version("waitress")):
            return cls._bind(app, settings, channels, _streaming(settings), StreamingChannel)
        if settings.tokens:
            raise ConfigurationError(
                f"waitress {version('waitress')} stores whole uploads before a token is looked at; "
                f"with FFREMOTE_TOKENS, install waitress {TRIED}"
            )
        log.warning(
            "waitress %s was not tried (%s were): uploads are copied once more, before Host and "
            "Origin are looked at",
            version("waitress"),
            TRIED,
        )
        return cls._bind(app, settings, channels, _stock(settings), StockChannel)

    @classmethod
    def _bind(
        cls,
        app: WSGIApplication,
        settings: Settings,
        channels: dict[int, Any],
        options: dict[str, Any],
        channel_class: type[HTTPChannel],
    ) -> Self:
        create_server(
            app, map=channels, host=settings.host, port=settings.port, **COMMON, **options
        )
        door: Door = guard.AccessPolicy.from_settings(settings).allows
        listeners = [one for one in channels.values() if isinstance(one, BaseWSGIServer)]
        for listener in listeners:
            listener.channel_class = channel_class
            listener.door, listener.buffers = door, Buffers()
        addresses = tuple((one.effective_host, int(one.effective_port)) for one in listeners)
        return cls(addresses, channels, listeners[0])

    def run(self) -> None:
        """Serve until `stop`, KeyboardInterrupt or SystemExit, then end what runs and return."""
        try:
            while not self._stopping.is_set():
                wasyncore.loop(timeout=1, use_poll=True, map=self._channels, count=1)
        except (KeyboardInterrupt, SystemExit):
            log.info("stopping")
        self._hang_up()
        self._listener.task_dispatcher.shutdown()
        with self._gate:
            wasyncore.close_all(self._channels)

    def stop(self) -> None:
        """Make `run` return; for another thread."""
        with self._gate:  # or the loop might end, and the trigger's descriptor be another's
            if self._channels:
                self._stopping.set()
                self._listener.pull_trigger()

    def _hang_up(self) -> None:
        """Wake the threads that wait for a client's bytes: they tidy up and end."""
        for channel in list(self._channels.values()):
            if isinstance(channel, HTTPChannel) and channel.requests and channel.socket:
                try:
                    channel.socket.shutdown(socket.SHUT_RD)
                except OSError:
                    continue  # the client went first


def can_stream(waitress_version: str) -> bool:
    """Whether this waitress is one whose inside we know."""
    numbers = tuple(int(part) for part in waitress_version.split(".")[:3] if part.isdecimal())
    return OLDEST <= numbers < NEWEST


def _streaming(settings: Settings) -> dict[str, Any]:
    pools = Pools(threads=settings.threads, transfer_threads=settings.transfer_threads)
    return {
        "_dispatcher": pools,
        "recv_bytes": 64 << 10,
        "inbuf_overflow": 2 << 20,
        "max_request_body_size": NO_LIMIT,
    }


def _stock(settings: Settings) -> dict[str, Any]:
    # Spooled bodies belong beside the data: /tmp may be memory.
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
