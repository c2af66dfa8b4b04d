"""What a bucket's library logs is not for the log: links, signatures, credentials."""

import logging
from collections.abc import Iterator

import pytest

from ffremote import logs
from ffremote.config import Settings
from ffremote.depot import keys
from ffremote.depot.protocol import DepotAway, Presentation
from ffremote.depot.s3.depot import S3Depot
from ffremote.s3_address import parse

UPLOAD = keys.upload("11111111-1111-4111-8111-111111111111")
SECRET = "never-to-be-seen"


@pytest.fixture
def debugging(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Log everything to stderr, as with FFREMOTE_LOG_LEVEL=DEBUG."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure(Settings(log_level="DEBUG"))
    yield
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.usefixtures("debugging")
def test_no_log_has_a_link_or_how_a_request_is_signed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    depot = S3Depot(parse("s3://films?endpoint=http://127.0.0.1:1"))

    link = depot.link(UPLOAD, Presentation("video/mp4", None), seconds=9)
    with pytest.raises(DepotAway):
        depot.check()
    logging.getLogger("ffremote").debug("still heard")

    logged = capsys.readouterr().err
    assert "still heard" in logged
    assert "X-Amz-Signature" in link
    for secret in (SECRET, "key-id", "Signature", "credentials in environment"):
        assert secret not in logged
