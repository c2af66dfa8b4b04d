"""waitress's tasks: the app's responses, and error documents for requests that waitress refuses."""

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from waitress.task import ErrorTask, WSGITask

from ..error_document import RETRY_AFTER_SECONDS, code_of, error_document
from ..ingest.request_body import HOLD, PARKED
from ..ingest.socket_body import SocketBody
from .sendfile import FileBuffer
from .streams import Held, Outlet, empty
from .waiting import Parked


class StreamingTask(WSGITask):  # type: ignore[misc]  # waitress has no types
    """One call of the app."""

    _opened: Callable[[Outlet], None] | None = None

    def execute(self) -> None:
        """Call the app; a request whose wait is over is answered with nothing instead.

        The app has said what it waits for, and no bell has rung since.
        """
        if not self.request.wait_is_over:
            super().execute()
            return
        self.complete = True
        self.status = "204 NO CONTENT"
        self.response_headers = [("Cache-Control", "no-store")]
        self.write(b"")

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ["wsgi.file_wrapper"] = FileBuffer
        if self.request.may_wait():
            environ[PARKED] = Parked
        environ[HOLD] = self._hold
        if self.request.has_waited:
            environ["wsgi.input"].seek(0)
        return environ

    def build_response_header(self) -> bytes:
        if self._body_is_unread():
            self.set_close_on_finish()
        return bytes(super().build_response_header())

    def set_close_on_finish(self) -> None:
        """Close after this response, but not only because it has no length.

        Stock waitress closes after every 204 and 304; a resumed upload would then open a new
        connection for each of its chunks.
        """
        if self.has_body or self.request.connection_close or self._body_is_unread():
            super().set_close_on_finish()

    def finish(self) -> None:
        if self._opened is not None and self.status.startswith("200") and self.has_body:
            self.write(b"")
            raise Held(self._opened, is_chunked=self.chunked_response)
        super().finish()
        if self._body_is_unread():
            self.channel.linger()

    def _hold(self, opened: Callable[[Outlet], None]) -> Iterator[bytes]:
        """Let the response go on without a thread, once its headers are sent."""
        self._opened = opened
        return empty()

    def _body_is_unread(self) -> bool:
        body = self.request.body_rcv
        return isinstance(body, SocketBody) and body.remaining > 0


class JsonErrorTask(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """The response to a request that waitress refuses: an error document."""

    def execute(self) -> None:
        error = self.request.error
        body = _document(error.code, str(error.body))
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "application/json"))
        if error.code == HTTPStatus.SERVICE_UNAVAILABLE:
            self.response_headers.append(("Retry-After", str(RETRY_AFTER_SECONDS)))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)

    def finish(self) -> None:
        super().finish()
        if hasattr(self.channel, "linger"):  # a stock channel has already read the body
            self.channel.linger()


def _document(status: int, reason: str) -> bytes:
    message = reason[:1].upper() + reason[1:].rstrip(".") + "."
    return json.dumps(error_document(code_of(HTTPStatus(status)), message)).encode()
