"""Messages for failed connections and for responses that no ffremote server sends."""

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import requests

from ..errors import Misdirected, Refused, Unreachable

PROBE_SECONDS = 2.0

_REASONS = (
    ("Connection refused", "connection refused"),
    ("Name or service not known", "no such host"),
    ("nodename nor servname", "no such host"),
    ("name resolution", "the host's name cannot be resolved"),
    ("Network is unreachable", "network is unreachable"),
    ("No route to host", "no route to the host"),
    ("Connection reset", "connection reset"),
    ("Broken pipe", "connection broken"),
    ("RemoteDisconnected", "it closed the connection without a response"),
)


def unreachable(server: str, error: Exception) -> Unreachable:
    """Return the error for a failed request to `server`, the address as the user writes it."""
    if isinstance(error, requests.exceptions.InvalidURL):
        return Misdirected(f"{server} is not a server address: {error}")
    if isinstance(error, requests.exceptions.SSLError):
        return _tls(server, error)
    if not isinstance(error, requests.exceptions.RequestException):
        return Misdirected(
            f"cannot connect to {server}: {error}", hint="check --ca and REQUESTS_CA_BUNDLE"
        )
    if (wrong := _other_scheme(server, error)) is not None:
        return wrong
    return Unreachable(
        f"cannot reach {server}: {_cause(error)}",
        hint="check that ffremote-server is running, or set --server or FFREMOTE_SERVER",
    )


def foreign_response(response: requests.Response) -> Unreachable | Refused:
    """Return the error for a response of a proxy or of another program."""
    url = urlsplit(response.url)
    server = f"{url.scheme}://{url.netloc}"
    status = response.status_code
    if status == 413:
        return Refused(
            f"a proxy in front of {server} refuses a request of this size (413)",
            code="FILE_TOO_LARGE",
            status=status,
            hint="raise the proxy's limit, for nginx with `client_max_body_size 0;`",
        )
    if response.is_redirect:
        target = urljoin(response.url, response.headers["Location"])
        return Misdirected(
            f"{server} redirects to {target} ({status})",
            hint=f"use --server {_server_in(target)}",
        )
    if status == 401:
        return Misdirected(
            f"a proxy in front of {server} asks for a password (401)",
            hint="ffremote sends only the token of an ffremote server, no password",
        )
    if status in (502, 503, 504):
        return Unreachable(
            f"a proxy in front of {server} answered {status}: "
            "the proxy cannot reach ffremote-server"
        )
    if status == 400 and "HTTPS" in response.text[:2000].upper():
        return _needs_https(server)
    return Unreachable(
        f"{server} answered {status}, but is not an ffremote server",
        hint="check --server or FFREMOTE_SERVER",
    )


def _server_in(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.partition('/api/v1')[0]}".rstrip("/")


def _tls(server: str, error: Exception) -> Unreachable:
    host = urlsplit(server).hostname
    cause = next((each for each in _causes(error) if isinstance(each, ssl.SSLError)), None)
    if not isinstance(cause, ssl.SSLCertVerificationError):
        if _uses_http(server):
            return _needs_http(server)
        reason = (cause.reason or "").replace("_", " ").lower() if cause else "TLS failed"
        return Unreachable(f"no secure connection to {server}: {reason}")
    reason = cause.verify_message.lower()
    if "expired" in reason or "not yet valid" in reason:
        word = "has expired" if "expired" in reason else "is not valid yet"
        return Misdirected(
            f"the certificate of {host} {word}",
            hint="renew it on the server, or correct this machine's clock",
        )
    if "hostname mismatch" in reason or "ip address mismatch" in reason:
        return Misdirected(
            f"the certificate of {server} is for another name than {host}",
            hint="use --server with the name in the certificate",
        )
    return Misdirected(
        f"this machine does not trust the certificate of {host}: {cause.verify_message}",
        hint="--ca FILE, FFREMOTE_CA or `ffremote login --ca FILE` names a private authority",
    )


def _other_scheme(server: str, error: Exception) -> Unreachable | None:
    """Return the error if the port uses the other scheme (http or https), else None."""
    text = str(error)
    if server.startswith("https:"):
        timed_out = isinstance(error, requests.exceptions.Timeout) or "timed out" in text
        return _needs_http(server) if timed_out and _uses_http(server) else None
    closed = any(sign in text for sign in ("RemoteDisconnected", "Connection reset", "BadStatus"))
    return _needs_https(server) if closed and _uses_tls(server) else None


def _needs_http(server: str) -> Unreachable:
    plain = server.replace("https:", "http:", 1)
    return Misdirected(f"{server} uses http, not https", hint=f"use --server {plain}")


def _needs_https(server: str) -> Unreachable:
    secure = server.replace("http:", "https:", 1)
    return Misdirected(f"{server} uses https, not http", hint=f"use --server {secure}")


def _uses_http(server: str) -> bool:
    try:
        with _connected(server) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            return connection.recv(5) == b"HTTP/"
    except OSError:
        return False


def _uses_tls(server: str) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Only to detect TLS: nothing is sent over this connection.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with _connected(server) as connection, context.wrap_socket(connection):
            return True
    except OSError:
        return False


def _connected(server: str) -> socket.socket:
    parts = urlsplit(server)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return socket.create_connection((parts.hostname or "", port), timeout=PROBE_SECONDS)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and its inner ones: urllib3 has these in `args`, `reason`, `__cause__`."""
    seen: list[BaseException] = [error]
    for each in seen:
        inner = [*each.args, getattr(each, "reason", None), each.__cause__, each.__context__]
        seen += [one for one in inner if isinstance(one, BaseException) and one not in seen]
    return iter(seen)


def _cause(error: Exception) -> str:
    """Return the innermost reason in a few words; urllib3 wraps it in several layers."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "it did not accept a connection in time"
    if isinstance(error, requests.exceptions.ReadTimeout):
        return "it did not answer in time"
    text = str(error)
    return next((words for sign, words in _REASONS if sign in text), text)
