"""Settings of downloads and of the quota that contradict themselves or cannot be meant."""

import pytest

from ffremote.config import DownloadWay, load_settings
from ffremote.errors import ConfigurationError

BUCKET = {"FFREMOTE_STORAGE_URL": "s3://films"}
PREFIX = {"FFREMOTE_ACCEL_PREFIX": "/_files/"}


def test_who_sends_is_the_server_unless_something_else_is_set() -> None:
    ways = {
        load_settings({}).download_way: DownloadWay.PROXY,
        load_settings(PREFIX).download_way: DownloadWay.NGINX,
        load_settings(PREFIX | BUCKET).download_way: DownloadWay.NGINX,
        load_settings(BUCKET | {"FFREMOTE_DOWNLOADS": "redirect"}).download_way: (
            DownloadWay.REDIRECT
        ),
    }

    assert all(found is wanted for found, wanted in ways.items())


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({"FFREMOTE_DOWNLOADS": "nginx"}, "FFREMOTE_ACCEL_PREFIX must name"),
        ({"FFREMOTE_DOWNLOADS": "proxy", **PREFIX}, "is for nginx only"),
        ({"FFREMOTE_DOWNLOADS": "redirect", **PREFIX, **BUCKET}, "is for nginx only"),
        ({"FFREMOTE_DOWNLOADS": "redirect"}, "FFREMOTE_STORAGE_URL names none"),
        ({"FFREMOTE_DOWNLOADS": "http://evil.example"}, "'proxy', 'nginx' or 'redirect'"),
        ({"FFREMOTE_DOWNLOADS": "redirect\r\nX: y"}, "'proxy', 'nginx' or 'redirect'"),
        ({"FFREMOTE_ACCEL_PREFIX": "/_files/\r\nX-Y: z/"}, "pattern"),
        ({"FFREMOTE_MAX_STORED_BYTES": "0"}, "greater than or equal to 1"),
        ({"FFREMOTE_MAX_STORED_BYTES": "-1"}, "greater than or equal to 1"),
        ({"FFREMOTE_MAX_STORED_BYTES": "1 TiB"}, "valid integer"),
        (
            {"FFREMOTE_STORAGE_URL": "s3://films?public=javascript:alert(1)"},
            "public endpoint is",
        ),
        ({"FFREMOTE_STORAGE_URL": "s3://films?public=https://u:secret@x"}, "public endpoint is"),
        ({"FFREMOTE_STORAGE_URL": "s3://films?public=https://x/%0d%0aX"}, "public endpoint is"),
        ({"FFREMOTE_STORAGE_URL": "s3://films?public=//x"}, "public endpoint is"),
    ],
)
def test_a_contradiction_is_named(environ: dict[str, str], reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason) as caught:
        load_settings(environ)

    assert "secret" not in str(caught.value)
    assert "FFREMOTE_" in str(caught.value)
