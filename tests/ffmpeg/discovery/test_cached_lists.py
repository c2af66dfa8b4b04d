"""The cache of capabilities is read again when the allow-lists grow."""

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg.discovery import cache
from ffremote.ffmpeg.policy import tables


def test_another_filter_in_the_allow_list_is_another_entry(
    build: ffmpeg.Binaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cache._identity(build)
    grown = {**tables.table("filters"), "another": {}}

    monkeypatch.setattr(
        cache, "table", lambda name: grown if name == "filters" else tables.table(name)
    )

    assert cache._identity(build) != before
