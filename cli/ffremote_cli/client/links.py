"""Requests to the server's object store by links that the server gives, without the token."""

import os
import re
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from ..errors import Misdirected, Unreachable
from .certificates import certificates_file
from .connection_errors import unreachable

BLOCK = 1 << 20
# What the server says of the file; the object store has other words for it, or none.
OURS = ("ETag", "Repr-Digest", "Content-Type", "Content-Disposition")
_CODE = re.compile(rb"<Code>([A-Za-z]{1,60})</Code>")
_LINK = re.compile(r"\S*\?\S*")
_HINT = "the link expires after some minutes; the clocks of server and object store must agree"


class WideAdapter(HTTPAdapter):
    """Moves bodies in blocks of 1 MiB: with urllib3's 16 KiB, half the speed was measured."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, blocksize=BLOCK, **kwargs)


class _TrustingAdapter(WideAdapter):
    """Trusts the authorities in a file besides the usual ones."""

    def __init__(self, ca: str, **kwargs: Any) -> None:
        self._ca = ca
        super().__init__(**kwargs)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        context = ssl.create_default_context(cafile=self._ca)
        super().init_poolmanager(*args, ssl_context=context, **kwargs)


class _NoToken(AuthBase):
    """Sends none. As an `auth` it stops requests from reading ~/.netrc."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class LinkRefused(Unreachable):
    """The object store refused a request by a link, with an HTTP `status`."""

    def __init__(self, message: str, *, status: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class LinkSession:
    """Connections to the object stores of one server."""

    def __init__(self, server: str, *, ca: str | os.PathLike[str] | None = None) -> None:
        self._server = server
        self._session = requests.Session()
        self._session.auth = _NoToken()
        self._session.headers["Accept-Encoding"] = "identity"
        trusting = _TrustingAdapter(certificates_file(ca)) if ca else WideAdapter()
        self._session.mount("https://", trusting)
        self._session.mount("http://", WideAdapter())

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def follow(
        self, redirect: requests.Response, headers: Mapping[str, str], **options: Any
    ) -> requests.Response:
        """Return the response of the object store, with what the server says of the file.

        Conditions were decided by the server, so only the range of `headers` is sent. A link is
        secret: no message contains it. Raise Unreachable, which asking the server again may cure;
        Misdirected if the link is of no use.
        """
        redirect.close()
        link = redirect.headers.get("Location", "")
        place = self._require_usable(link)
        ranges = {"Range": headers["Range"]} if "Range" in headers else {}
        response = self._ask("GET", link, place, headers=ranges, stream=True, **options)
        if response.status_code not in (200, 206):
            raise self._refusal(place, response, "does not send the file")
        known = {name: redirect.headers[name] for name in OURS if name in redirect.headers}
        response.headers.update(known)
        return response

    def put(self, link: str, body: Any, *, md5: str, **options: Any) -> str:
        """Send a part of a file, with its Content-MD5; return its ETag. Raise as `follow`."""
        place = self._require_usable(link)
        headers = {"Content-MD5": md5}
        response = self._ask("PUT", link, place, data=body, headers=headers, **options)
        with response:
            if response.status_code != 200 or "ETag" not in response.headers:
                raise self._refusal(place, response, "does not take a part of a file")
        return response.headers["ETag"]

    def _ask(self, method: str, link: str, place: str, **options: Any) -> requests.Response:
        try:
            return self._session.request(method, link, allow_redirects=False, **options)
        except OSError as exc:
            reason = _LINK.sub("…", str(unreachable(place, exc)))
            raise Unreachable(f"the object store of {self._server}: {reason}") from exc

    def _require_usable(self, link: str) -> str:
        """Return scheme and host of a link; raise Misdirected."""
        parts = urlsplit(link)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Misdirected(f"{self._server} gives a link that is no web address")
        place = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
        if self._server.startswith("https:") and parts.scheme == "http":
            raise Misdirected(
                f"{self._server} gives a link to {place}, which is not encrypted",
                hint="the server's FFREMOTE_STORAGE_URL needs public=https://…",
            )
        return place

    def _refusal(self, place: str, response: requests.Response, what: str) -> LinkRefused:
        with response:
            found = _CODE.search(next(response.iter_content(4096), b""))
        code = f" {found[1].decode()}" if found else ""
        return LinkRefused(
            f"the object store at {place} {what} ({response.status_code}{code})",
            status=response.status_code,
            hint=_HINT if response.status_code == 403 else None,
        )
