"""The client of a bucket, made when it is first used, and the names of its objects."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from ffremote.errors import ConfigurationError
from ffremote.s3_address import S3Address

CONNECT_SECONDS, READ_SECONDS = 3, 20
ATTEMPTS = 4
CONNECTIONS = 64


class Bucket:
    """A bucket and the prefix of the keys in it; boto3 finds the credentials by its own chain."""

    def __init__(self, address: S3Address) -> None:
        self.address = address
        self._lock = threading.Lock()
        self._clients: dict[tuple[int, str | None], Any] = {}

    def name(self, key: str) -> dict[str, str]:
        """Return the arguments that name an object in every call."""
        return {"Bucket": self.address.bucket, "Key": self.address.prefix + key}

    def key(self, name: str) -> str:
        """Return the key of an object that the server has listed."""
        return name.removeprefix(self.address.prefix)

    @property
    def client(self) -> Any:
        """The client; it may be used by all threads."""
        return self._client(ATTEMPTS)

    @property
    def impatient_client(self) -> Any:
        """A client that asks once: for checks, which have to tell what is the matter now."""
        return self._client(1)

    @property
    def signing_client(self) -> Any:
        """A client that makes links: a signature is for one host, the one that is public."""
        return self._client(ATTEMPTS, self.address.public)

    def _client(self, attempts: int, endpoint: str | None = None) -> Any:
        which = attempts, endpoint or self.address.endpoint
        with self._lock:
            if which not in self._clients:
                self._clients[which] = _connect(self.address, *which)
            return self._clients[which]


def _connect(address: S3Address, attempts: int, endpoint: str | None) -> Any:
    """Return a client; raise ConfigurationError for a profile that does not exist and the like."""
    style = "path" if address.is_path_style else "virtual"
    config = Config(
        signature_version="s3v4",  # without it, links for a custom endpoint are of version 2
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=CONNECTIONS,
        s3={"addressing_style": style},
        # Not all servers know the checksums that boto3 otherwise adds. Ours is end to end.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    try:
        session = boto3.session.Session()
        region = address.region or session.region_name or "us-east-1"
        return session.client("s3", endpoint_url=endpoint, region_name=region, config=config)
    except (BotoCoreError, ValueError) as exc:
        raise ConfigurationError(f"FFREMOTE_STORAGE_URL: {exc}") from exc


@contextmanager
def cancelling(pool: ThreadPoolExecutor) -> Iterator[None]:
    """After an error, begin nothing of what the pool has still to do."""
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
