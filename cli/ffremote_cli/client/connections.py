"""The open connections of a session, so that another thread can break them."""

import socket
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from .links import WideAdapter


class TrackingAdapter(WideAdapter):
    """Knows its open connections."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        self._open: WeakSet[Any] = WeakSet()
        self.is_broken_off = False
        super().init_poolmanager(*args, **kwargs)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if not hasattr(pool.ConnectionCls, "is_tracked"):
            pool.ConnectionCls = self._tracked(pool.ConnectionCls)
        return pool

    def break_off(self) -> None:
        """Break the connections: calls of other threads that wait for a response end."""
        self.is_broken_off = True
        for connection in list(self._open):
            with suppress(OSError, AttributeError):  # it was closed meanwhile
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _tracked(self, kind: type[Any]) -> type[Any]:
        """Return a class of connections of this kind, which are known once they are connected."""
        known = self._open

        def connect(connection: Any) -> None:
            kind.connect(connection)
            known.add(connection)

        return type(kind.__name__, (kind,), {"connect": connect, "is_tracked": True})
