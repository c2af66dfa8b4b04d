"""HTTP requests to one server: token, time limits, and errors from its responses."""

import os
from collections.abc import Container, Mapping
from typing import Any

import requests
from requests.auth import AuthBase

from ..errors import Misdirected, Misused, Refused, Unreachable
from .address import base_url, origin_of
from .certificates import certificates_file
from .connection_errors import foreign_response, unreachable
from .connections import TrackingAdapter
from .doc_commands import with_commands
from .links import LinkSession

CONNECT_SECONDS = 10.0
HANDSHAKE_SECONDS = 2.0
ANSWER_SECONDS = 60.0

_HINTS = {
    "UNAUTHORIZED": "`ffremote login` stores a token, FFREMOTE_TOKEN sets one",
    "FILE_TOO_LARGE": "`ffremote capabilities` shows the server's limit",
    "RESULT_EXPIRED": "the server keeps results for a limited time; submit the job again",
    "JOB_NOT_READY": "follow it with `ffremote watch`",
}


class BearerToken(AuthBase):
    """Sends the token. As an `auth` it also stops requests from reading ~/.netrc."""

    def __init__(self, token: str | None) -> None:
        if token and not (token.isascii() and token.isprintable()):
            raise Misused("the token has a line break or a letter that no token has")
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class HttpSession:
    """A pool of connections to one server, with its token."""

    def __init__(
        self,
        server: str,
        token: str | None,
        *,
        ca: str | os.PathLike[str] | None = None,
        user_agent: str = "ffremote",
    ) -> None:
        self.url = base_url(server)
        self.server = self.url.removesuffix("/api/v1")
        self._tls_checked = self.url.startswith("http:")
        # With each request: `verify` of a session loses to REQUESTS_CA_BUNDLE.
        has_tls = self.url.startswith("https:")
        self._verify: dict[str, Any] = {"verify": certificates_file(ca)} if ca and has_tls else {}
        self._session = requests.Session()
        self._session.auth = BearerToken(token)
        self._session.headers["User-Agent"] = user_agent
        self._session.headers["Accept-Encoding"] = "identity"
        self._adapter = TrackingAdapter(pool_maxsize=16)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._adapter)
        self._links = LinkSession(self.server, ca=ca if has_tls else None)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()
        self._links.close()

    def break_off(self) -> None:
        """Break the connections: calls of other threads that wait for a response end."""
        self._adapter.break_off()

    def call(
        self,
        method: str,
        path: str,
        *,
        answer_seconds: float = ANSWER_SECONDS,
        accept: Container[int] = (),
        **options: Any,
    ) -> requests.Response:
        """Send the request and return the response, whatever its body is.

        `path` is relative to the API, or a full URL on the same server. Raises Unreachable, and
        Refused for an error status that is not in `accept`.
        """
        url = self._require_same_server(path if "://" in path else self.url + path)
        self._check_tls()
        try:
            response = self._session.request(
                method,
                url,
                timeout=(CONNECT_SECONDS, answer_seconds),
                allow_redirects=False,  # token and input go only to the configured server
                **self._verify,
                **options,
            )
        except OSError as exc:  # base class of RequestException
            if self._adapter.is_broken_off:
                raise Unreachable(f"the connection to {self.server} was broken off") from exc
            raise unreachable(self.server, exc) from exc
        refused = not response.ok or response.is_redirect
        if refused and response.status_code not in accept:
            raise refusal(response)
        return response

    def download(self, path: str, headers: Mapping[str, str]) -> requests.Response:
        """Return the response to a GET with the bytes of a file, wherever the server has them.

        Raise what `call` raises.
        """
        asked = {**headers, "Prefer": "redirect"}
        response = self.call("GET", path, headers=asked, stream=True, accept={307})
        if response.status_code != 307:
            return response
        if "Repr-Digest" not in response.headers:  # not of an ffremote server
            raise refusal(response)
        timeout = (CONNECT_SECONDS, ANSWER_SECONDS)
        return self._links.follow(response, headers, timeout=timeout)

    def put_part(self, link: str, body: Any, *, md5: str, answer_seconds: float) -> str:
        """Send a part of a file by a link of the server; return its ETag.

        Raise Unreachable, of which LinkRefused is a kind.
        """
        timeout = (CONNECT_SECONDS, answer_seconds)
        return self._links.put(link, body, md5=md5, timeout=timeout)

    def _check_tls(self) -> None:
        """Detect a plain HTTP port early: it takes a TLS handshake for half a request and waits.

        The connection is reused by the request itself, which reports every other error.
        """
        if self._tls_checked:
            return
        self._tls_checked = True
        timeout = (HANDSHAKE_SECONDS, CONNECT_SECONDS)
        try:
            url = f"{self.server}/healthz"
            self._session.get(url, timeout=timeout, allow_redirects=False, **self._verify)
        except requests.exceptions.Timeout as exc:
            if isinstance(wrong := unreachable(self.server, exc), Misdirected):
                raise wrong from exc
        except OSError:
            pass

    def _require_same_server(self, url: str) -> str:
        """Return the URL; raise Misdirected if it is elsewhere, as a `Location` header can be."""
        if origin_of(url) != origin_of(self.url):
            raise Misdirected(
                f"{self.url} names another server for the upload, {url}; nothing was sent there",
                hint="the proxy in front of the server must pass on Host and scheme",
            )
        return url

    def json(self, method: str, path: str, **options: Any) -> Mapping[str, Any]:
        """Send the request and return the JSON object of the response."""
        response = self.call(method, path, **options)
        try:
            body = response.json()
        except requests.exceptions.JSONDecodeError as exc:
            raise foreign_response(response) from exc
        if not isinstance(body, dict):
            raise foreign_response(response)
        return body


def refusal(response: requests.Response) -> Refused | Unreachable:
    """Return the error for a response with status 3xx, 4xx or 5xx."""
    try:
        error = response.json()["error"]
        code, message = str(error["code"]), with_commands(str(error["message"]))
        details = dict(error.get("details") or {})
    except (ValueError, KeyError, TypeError):
        return foreign_response(response)
    wait = response.headers.get("Retry-After", "")
    return Refused(
        message,
        code=code,
        status=response.status_code,
        details=details,
        retry_after=float(wait) if wait.isdigit() else None,
        hint=details.get("hint") or _HINTS.get(code),
    )
