"""Settings of a service whose whole files are in a bucket of a real S3 server."""

import uuid

import pytest

from ffremote.config import Settings
from tests.support.s3_servers import S3Server


def in_bucket(
    settings: Settings, server: S3Server, monkeypatch: pytest.MonkeyPatch, **changes: object
) -> Settings:
    """Return settings with a prefix of their own; its credentials are put into the environment."""
    server.log_in(monkeypatch)
    url = server.url(f"test/{uuid.uuid4().hex}")
    return settings.model_copy(update={"storage_url": url, **changes})
