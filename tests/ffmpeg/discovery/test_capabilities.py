"""Capabilities: what is read from each installed FFmpeg, and what trying its encoders finds."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.ffmpeg.discovery import cache
from ffremote.ffmpeg.discovery.trials import try_encoders
from ffremote.ffmpeg.model.limits import Limits
from ffremote.ffmpeg.policy.tables import names, table
from ffremote.ffmpeg.sandbox.sandbox import Sandbox, choose_sandbox
from tests.support.matrices import every

HARDWARE = ("_nvenc", "_qsv", "_vaapi", "_amf", "_v4l2m2m", "_videotoolbox", "_at")


def test_the_lists_of_every_build_are_read_completely(capabilities: ffmpeg.Capabilities) -> None:
    assert {"libx264", "libx265", "aac", "mpeg4", "flac"} <= capabilities.encoders.keys()
    assert capabilities.encoders["libx264"] == ffmpeg.Encoder("V", "h264")
    assert "h264" in capabilities.decoders["h264"]
    assert len(capabilities.encoders) > 100
    assert len(capabilities.decoders) > 120
    assert len(capabilities.filters & table("filters").keys()) > 220
    assert len(capabilities.options) > 240
    assert {"yuv420p", "yuv420p10le"} <= capabilities.pix_fmts
    assert "=" not in capabilities.pix_fmts
    assert {"mov", "matroska", "mp3"} <= capabilities.demuxers <= names("demuxers")


def test_capabilities_survive_json(capabilities: ffmpeg.Capabilities) -> None:
    text = json.dumps(capabilities.to_json())

    assert ffmpeg.Capabilities.from_json(json.loads(text)) == capabilities


@pytest.mark.slow
def test_encoders_are_tried_once_and_then_cached(
    build: ffmpeg.Binaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = choose_sandbox(Settings(), build)
    tried = ffmpeg.read_capabilities(build, tmp_path, trying=True, sandbox=sandbox)

    monkeypatch.setattr(cache, "try_encoders", None)
    monkeypatch.setattr(cache, "list_capabilities", None)
    assert ffmpeg.read_capabilities(build, tmp_path, trying=True, sandbox=sandbox) == tried
    assert ffmpeg.read_capabilities(build, tmp_path) == tried  # the server, without a sandbox
    assert tried.tried
    assert {"libx264", "libx265", "aac", "libopus", "libmp3lame"} <= set(tried.working_encoders)
    assert "h264_v4l2m2m" not in tried.working_encoders
    assert [name for name in tried.broken if not name.endswith(HARDWARE)] == []


@pytest.mark.slow
def test_encoders_are_tried_again_in_another_sandbox(
    build: ffmpeg.Binaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weak, strong = (Sandbox(name, Limits.from_settings(Settings())) for name in ("limits", "off"))
    trials: list[str] = []

    def try_encoders(
        _: ffmpeg.Binaries, listed: ffmpeg.Capabilities, sandbox: Sandbox
    ) -> ffmpeg.Capabilities:
        trials.append(sandbox.name)
        return replace(listed, broken={"libx264": sandbox.name}, tried=True)

    monkeypatch.setattr(cache, "try_encoders", try_encoders)
    read = partial(ffmpeg.read_capabilities, build, tmp_path)
    found = [read(trying=True, sandbox=each).broken["libx264"] for each in (weak, strong, weak)]

    assert found == ["limits", "off", "limits"]
    assert trials == ["limits", "off"]
    assert read(sandbox=strong).broken == {"libx264": "off"}  # a slot gets its supervisor's


@pytest.mark.slow
@pytest.mark.parametrize("torn", every(3, [b"", b"{", b'{"version": "5.1"}', b"[]", bytes(100)]))
def test_a_torn_cache_file_is_made_again(
    build: ffmpeg.Binaries, tmp_path: Path, torn: bytes
) -> None:
    found = ffmpeg.read_capabilities(build, tmp_path)
    (cached,) = tmp_path.iterdir()
    whole = cached.read_bytes()
    cached.write_bytes(torn)

    assert ffmpeg.read_capabilities(build, tmp_path) == found
    assert cached.read_bytes() == whole


@pytest.mark.slow
def test_a_change_of_either_program_invalidates_the_cache(
    build: ffmpeg.Binaries, tmp_path: Path
) -> None:
    ffprobe = tmp_path / "ffprobe"
    ffprobe.write_text(f'#!/bin/sh\nexec {build.ffprobe} "$@"\n')
    ffprobe.chmod(0o755)
    pair = replace(build, ffprobe=ffprobe)
    ffmpeg.read_capabilities(pair, tmp_path / "cache")

    ffprobe.write_text("#!/bin/sh\necho ffprobe version 99.1\n")
    found = ffmpeg.read_capabilities(pair, tmp_path / "cache")

    assert found.ffprobe_version == "99.1"
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_trial_that_was_killed_is_tried_again(
    build: ffmpeg.Binaries, capabilities: ffmpeg.Capabilities, tmp_path: Path
) -> None:
    stubborn = tmp_path / "ffmpeg"
    stubborn.write_text(
        f"#!/bin/sh\ncd {tmp_path}; [ -e second ] || {{ [ -e first ] && : >second; : >first; "
        f'kill -9 $$; }}\nexec {build.ffmpeg} "$@"\n'
    )
    stubborn.chmod(0o755)
    only = replace(capabilities, encoders={"libx264": capabilities.encoders["libx264"]})

    tried = try_encoders(replace(build, ffmpeg=stubborn), only)

    assert (tmp_path / "second").exists()  # both the batch and the single trial were killed
    assert tried.broken == {}
