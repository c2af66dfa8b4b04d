"""Calls to one server with the worker's token, and what its answers mean for a worker."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import requests

from ffremote.depot.protocol import PartsLost
from ffremote.errors import ConfigurationError, FfremoteError
from ffremote.ledger.protocol import LedgerAway
from ffremote.ledger.wire import API, Body
from ffremote.version import __version__
from ffremote_cli.client.http import HttpSession
from ffremote_cli.client.links import LinkRefused
from ffremote_cli.errors import ClientError, LocalFileProblem, Misdirected, Refused, Unreachable

B = TypeVar("B", bound=Body)

ANSWER_SECONDS = 30.0
PASSING = (408, 423, 425, 429)  # beside all from 500 on

_VARIABLES = re.compile(r"\bFFREMOTE_(SERVER|TOKEN|CA)\b")
_LOGIN = re.compile(r" or `ffremote login --ca FILE`")
_TOKEN_HINT = "`flask token add NAME --worker` on the server makes one, for FFREMOTE_WORKER_TOKEN"


class ServerAway(FfremoteError):
    """The server did not answer, or cannot now; whether it did what was asked is not known.

    `is_misdirected` means that another call fails in the same way: a wrong address, a certificate
    that is not trusted. `is_busy` that the server works on the same thing already. `seconds` is how
    long it asks to wait.
    """

    def __init__(
        self,
        message: str,
        *,
        is_misdirected: bool = False,
        is_busy: bool = False,
        seconds: float | None = None,
    ) -> None:
        super().__init__(message)
        self.is_misdirected = is_misdirected
        self.is_busy = is_busy
        self.seconds = seconds


class Line:
    """The connections of one process; calls that wait for a job have one of their own."""

    def __init__(self, server: str, token: str, *, ca: str = "") -> None:
        """Raise ConfigurationError for an address, a token or certificates that are wrong."""
        try:
            self._session, self._waiting = (
                HttpSession(
                    server, token, ca=ca or None, user_agent=f"ffremote-worker/{__version__}"
                )
                for _ in range(2)
            )
        except Unreachable as exc:
            raise ConfigurationError(f"FFREMOTE_WORKER_SERVER: {words(exc)}") from exc
        except LocalFileProblem as exc:
            raise ConfigurationError(f"FFREMOTE_WORKER_CA: {exc.message}") from exc
        except ClientError as exc:
            raise ConfigurationError(f"FFREMOTE_WORKER_TOKEN: {exc.message}") from exc
        self.server = self._session.server

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Body | None = None,
        seconds: float = ANSWER_SECONDS,
        waits: bool = False,
        **options: Any,
    ) -> requests.Response:
        """Make a call of the API of workers; raise ServerAway or Refused.

        `seconds` is how long to wait for the answer; with `waits`, `hang_up` ends the call.
        """
        if body is not None:
            options["data"] = body.model_dump_json(by_alias=True)
            options["headers"] = {"Content-Type": "application/json"}
        session = self._waiting if waits else self._session
        with _translated():
            return session.call(method, self._url(path), answer_seconds=seconds, **options)

    def download(self, path: str, headers: Mapping[str, str]) -> requests.Response:
        """Return the answer to a GET with the bytes of a file, wherever the server has them."""
        with _translated():
            return self._session.download(self._url(path), headers)

    def put(self, link: str, body: Any, *, md5: str, seconds: float) -> str:
        """Send a part of a result by a link of the server; return its ETag.

        Raise ServerAway, PartsLost.
        """
        with _translated():
            try:
                return self._session.put_part(link, body, md5=md5, answer_seconds=seconds)
            except LinkRefused as exc:
                if exc.status == 404:
                    raise PartsLost(str(exc)) from exc
                raise

    def ask(self, model: type[B], method: str, path: str, **options: Any) -> B:
        """Make a call and return the JSON of its answer; raise ServerAway or Refused."""
        return self.read(model, self.call(method, path, **options))

    def read(self, model: type[B], response: requests.Response) -> B:
        """Return the JSON of an answer; raise ServerAway if no ffremote server sends it."""
        try:
            return model.model_validate(response.json(), extra="ignore")  # of a newer server
        except ValueError as exc:  # base class of errors of JSON and of pydantic
            raise ServerAway(f"{self.server} sent an answer that no ffremote server sends") from exc

    def _url(self, path: str) -> str:
        return f"{self.server}{API}{path}"

    def hang_up(self) -> None:
        """End the call that waits for a job."""
        self._waiting.break_off()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except Refused as exc:
        raise _passing(exc) or exc from exc
    except ClientError as exc:
        is_misdirected = isinstance(exc, Misdirected)
        raise ServerAway(words(exc), is_misdirected=is_misdirected) from exc


def words(exc: ClientError) -> str:
    """Return message and hint of an error of the client's library, in the words of a worker."""
    hint = exc.hint or ""
    if isinstance(exc, Refused) and exc.status in (401, 403):
        hint = _TOKEN_HINT
    text = exc.message.rstrip(".") + (f"; {hint}" if hint else "")
    return _VARIABLES.sub(r"FFREMOTE_WORKER_\1", _LOGIN.sub("", text))


def away(exc: Exception) -> LedgerAway:
    """Return the error of a ledger for a call that was not answered, or not as it should be."""
    return LedgerAway(words(exc) if isinstance(exc, Refused) else str(exc))


def _passing(exc: Refused) -> ServerAway | None:
    """Return the error for an answer after which the same call may succeed, else None."""
    if exc.status < 500 and exc.status not in PASSING:
        return None
    return ServerAway(words(exc), is_busy=exc.status == 423, seconds=exc.retry_after)
