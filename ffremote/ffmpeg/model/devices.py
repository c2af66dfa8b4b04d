"""The device nodes of FFREMOTE_DEVICES: only jobs that use hardware get them."""

import glob
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from ffremote.spec import Video

from .limits import Limits

# what driver libraries read: which cards exist and which driver they have
DRIVER_PATHS = (
    *("/sys/class/drm", "/sys/dev/char", "/sys/bus/pci/devices", "/sys/devices/pci*"),
    *("/sys/module/nvidia*", "/proc/driver/nvidia", "/proc/devices", "/proc/modules"),
    *("/usr/share/libdrm", "/usr/share/drirc.d", "/usr/lib/*/dri", "/usr/lib/dri"),
    *("/usr/share/vulkan", "/etc/vulkan", "/etc/nvidia", "/usr/share/nvidia"),
    "/proc/self/maps",
)
THREAD_NAMES = "/proc/self/task"
"""CUDA names its threads by writing here, and fails where it cannot."""

# where distributions, container toolkits, WSL and NixOS put the libraries of drivers
_LIBRARY_DIRECTORIES = (
    *(
        "/usr/lib",
        "/usr/lib64",
        "/usr/lib/*-linux-gnu*",
        "/usr/local/lib",
        "/usr/local/nvidia/lib*",
    ),
    *("/usr/lib/wsl/lib", "/usr/lib/wsl/drivers/*", "/run/opengl-driver/lib"),
)
_LIBRARIES = ("libcuda.so*", "libnvcuvid.so*", "libnvidia-*.so*")
_ENCODERS = ("_nvenc", "_qsv", "_vaapi", "_amf", "_v4l2m2m", "_videotoolbox", "_at", "_mf")


def is_hardware(encoder: str) -> bool:
    """Whether an encoder uses hardware."""
    return encoder.endswith(_ENCODERS)


def nodes(patterns: Sequence[str]) -> list[str]:
    """Return the existing character devices that match the patterns, sorted."""
    found = {path for pattern in patterns for path in glob.glob(pattern)}  # noqa: PTH207 - absolute
    return sorted(path for path in found if _is_device(path))


def driver_paths() -> list[str]:
    """Return the existing paths that match DRIVER_PATHS, and the drivers' libraries, sorted."""
    found = {path for pattern in DRIVER_PATHS for path in glob.glob(pattern)}  # noqa: PTH207
    return sorted(found | _driver_libraries())


def _driver_libraries() -> set[str]:
    """Return the directories of the drivers' libraries, links resolved.

    FFmpeg opens these by name while it runs, so its own list of libraries has none of them, and
    what the loader's directories contain is often a link to another place.
    """
    patterns = [f"{where}/{name}" for where in _LIBRARY_DIRECTORIES for name in _LIBRARIES]
    found = {path for pattern in patterns for path in glob.glob(pattern)}  # noqa: PTH207
    return {str(Path(path).resolve().parent) for path in found}


def decodes_by_hardware(video: Video | None, limits: Limits) -> bool:
    """Whether FFmpeg may decode by hardware: the job asks for it and a device exists."""
    requested = video is not None and video.hardware in ("prefer", "require")
    return requested and bool(nodes(limits.devices))


def used_by(encoders: Iterable[str], video: Video | None, limits: Limits) -> bool:
    """Whether a job with these encoders gets the devices."""
    return any(map(is_hardware, encoders)) or decodes_by_hardware(video, limits)


def missing_device_warnings(
    encoders: Iterable[str], video: Video | None, limits: Limits
) -> list[str]:
    """Return a warning if the job prefers hardware and this worker has none for it."""
    if video is None or video.hardware != "prefer" or used_by(encoders, video, limits):
        return []
    return ["video.hardware is prefer, but this worker admits no device; software was used."]


def _is_device(path: str) -> bool:
    try:
        return stat.S_ISCHR(Path(path).stat().st_mode)
    except OSError:
        return False
