"""The FFmpeg builds of this machine."""

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.ffmpeg import binaries


def installed_builds() -> list[ffmpeg.Binaries]:
    """Return each FFmpeg of this machine: the one that the product uses, and the embedded one."""
    found = [ffmpeg.locate(Settings()), binaries.embedded()]
    return list({each.ffmpeg: each for each in found if each is not None}.values())


def build_settings(build: ffmpeg.Binaries) -> Settings:
    """Return settings that use `build`."""
    return Settings(ffmpeg=str(build.ffmpeg), ffprobe=str(build.ffprobe))
