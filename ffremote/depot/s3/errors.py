"""What an S3 server's errors mean: the file is gone, the server is away, or a setting is wrong.

The texts are ours: an answer may quote the request, with its key id and signature.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from ..protocol import DepotAway, FileLost

MISSING_KEY = frozenset({"NoSuchKey", "404", "NotFound"})
URL = "FFREMOTE_STORAGE_URL"

_MISCONFIGURED = {
    "NoSuchBucket": f"the bucket does not exist: create it, or correct {URL}",
    "InvalidAccessKeyId": "it does not know the access key: check the credentials",
    "SignatureDoesNotMatch": "the secret key does not belong to the access key: check both",
    "AccessDenied": "it denies access: the credentials need to read, write, list and delete there",
    "403": "it denies access: check the credentials, and what they may do in the bucket",
    "ExpiredToken": "the credentials have expired",
    "InvalidToken": "the session token is not valid",
    "RequestTimeTooSkewed": "the clock of this host is wrong: set it by NTP",
    "AuthorizationHeaderMalformed": f"the region is wrong: set region= in {URL}",
    "PermanentRedirect": f"the bucket is in another region: set region= in {URL}",
    "301": f"the bucket is in another region: set region= in {URL}",
    "IllegalLocationConstraintException": f"the region is wrong: set region= in {URL}",
    "EntityTooSmall": f"it wants larger parts: set part= in {URL}",
    "EntityTooLarge": f"it wants smaller files or parts: set part= in {URL}",
    "InvalidBucketName": f"the name of the bucket is not valid: correct {URL}",
}
_BUSY = {
    "SlowDown": "it has too many requests",
    "ServiceUnavailable": "it is not available",
    "503": "it is not available",
    "InternalError": "it has an internal error",
    "500": "it has an internal error",
    "BadDigest": "the bytes changed on their way",
    "XMinioStorageFull": "it has no space left",
    "InsufficientStorage": "it has no space left",
    "QuotaExceeded": "its quota is used up",
}


class DepotMisconfigured(DepotAway):
    """The object store refuses for a reason that its operator has to change."""

    is_misconfigured = True


@contextmanager
def translated(key: str = "") -> Iterator[None]:
    """Raise DepotAway for an error of boto3, FileLost if it is that `key` is missing."""
    try:
        yield
    except ClientError as exc:
        if key and code_of(exc) in MISSING_KEY:
            raise FileLost(errno.ENOENT, "The object store does not have the file") from exc
        raise refusal(exc) from exc
    except (NoCredentialsError, PartialCredentialsError) as exc:
        message = "The object store cannot be used: no credentials; set AWS_ACCESS_KEY_ID"
        raise DepotMisconfigured(f"{message} and AWS_SECRET_ACCESS_KEY.") from exc
    except BotoCoreError as exc:
        raise away(exc) from exc


def code_of(exc: ClientError) -> str:
    """Return the code of an answer; its HTTP status where it has no body."""
    answer: dict[str, Any] = exc.response
    return str(answer.get("Error", {}).get("Code") or status_of(exc))


def status_of(exc: ClientError) -> int:
    """Return the HTTP status of an answer."""
    return int(exc.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def refusal(exc: ClientError) -> DepotAway:
    """Return the error for an answer of the server."""
    code = code_of(exc)
    if code in _MISCONFIGURED:
        return DepotMisconfigured(f"The object store cannot be used: {_MISCONFIGURED[code]}.")
    known = _BUSY.get(code)
    if known is None:
        known = f"{code}, status {status_of(exc)}, to {exc.operation_name}"
    return DepotAway(f"The object store does not do what it is asked: {known}.")


def away(exc: Exception) -> DepotAway:
    """Return the error for a connection that failed or an answer that is no answer."""
    return DepotAway(f"The object store does not answer: {type(exc).__name__}.")
