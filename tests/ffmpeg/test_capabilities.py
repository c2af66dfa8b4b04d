"""What is read from the FFmpeg builds at hand, and what trying them finds."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.errors import ConfigurationError
from ffremote.ffmpeg import survey
from ffremote.ffmpeg.sandbox import choose_sandbox
from ffremote.ffmpeg.tables import names, table
from ffremote.ffmpeg.trials import try_encoders


def test_the_lists_of_every_build_are_read_whole(capabilities: ffmpeg.Capabilities) -> None:
    assert {"libx264", "libx265", "aac", "mpeg4", "flac"} <= capabilities.encoders.keys()
    assert capabilities.encoders["libx264"] == ffmpeg.Encoder("V", "h264")
    assert "h264" in capabilities.decoders["h264"]
    assert len(capabilities.encoders) > 100
    assert len(capabilities.decoders) > 120
    assert len(capabilities.filters & table("filters").keys()) > 220
    assert len(capabilities.options) > 240
    assert {"yuv420p", "yuv420p10le"} <= capabilities.pix_fmts
    assert {"mov", "matroska", "mp3"} <= capabilities.demuxers <= names("demuxers")


def test_capabilities_survive_json(capabilities: ffmpeg.Capabilities) -> None:
    text = json.dumps(capabilities.to_json())

    assert ffmpeg.Capabilities.from_json(json.loads(text)) == capabilities


@pytest.mark.slow
def test_encoders_are_tried_once_and_then_remembered(
    build: ffmpeg.Binaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = choose_sandbox(Settings(), build)
    tried = ffmpeg.read_capabilities(build, tmp_path, trying=True, sandbox=sandbox)

    monkeypatch.setattr(survey, "try_encoders", None)
    monkeypatch.setattr(survey, "list_capabilities", None)
    assert ffmpeg.read_capabilities(build, tmp_path, trying=True) == tried
    assert tried.tried
    assert {"libx264", "libx265", "aac", "libopus", "libmp3lame"} <= set(tried.working_encoders)
    assert "h264_v4l2m2m" not in tried.working_encoders
    assert len(tried.broken) < 15


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

    assert (tmp_path / "second").exists()  # both the batch and the encoder by itself were hit
    assert tried.broken == {}


def test_the_operator_names_both_programs_or_none(build: ffmpeg.Binaries) -> None:
    chosen = ffmpeg.locate(Settings(ffmpeg=str(build.ffmpeg), ffprobe=str(build.ffprobe)))

    assert (chosen.ffmpeg, chosen.ffprobe, chosen.source) == (
        build.ffmpeg.resolve(),
        build.ffprobe.resolve(),
        "environment",
    )
    with pytest.raises(ConfigurationError, match="FFREMOTE_FFPROBE=''"):
        ffmpeg.locate(Settings(ffmpeg=str(build.ffmpeg)))


def test_without_any_ffmpeg_the_three_ways_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(ffmpeg.binaries, "_from_wheel", lambda: None)

    with pytest.raises(ConfigurationError) as caught:
        ffmpeg.locate(Settings())

    message = str(caught.value)
    assert all(way in message for way in ("apt install", "ffremote[ffmpeg]", "FFREMOTE_FFMPEG"))
