"""What the installed FFmpeg can do, remembered for as long as it is the same FFmpeg."""

import hashlib
import json
import os
from pathlib import Path

from .binaries import Binaries, version_of
from .capabilities import Capabilities
from .listing import list_capabilities
from .sandbox import Sandbox
from .trials import try_encoders

_FORM = 3  # of the kept JSON; raise it when `Capabilities` changes


def read_capabilities(
    binaries: Binaries,
    cache_dir: Path | None = None,
    *,
    trying: bool = False,
    sandbox: Sandbox | None = None,
) -> Capabilities:
    """Ask FFmpeg for its lists; answers are kept in `cache_dir` as long as the binary is the same.

    With `trying`, encode in `sandbox` with every encoder that is listed, which takes 1 to 8 s the
    first time; workers do so at their start, and whoever reads the same cache later knows it too.
    Raises ConfigurationError when the binary does not run.
    """
    kept = None if cache_dir is None else cache_dir / f"ffmpeg-{_identity(binaries)}.json"
    found = None
    if kept is not None and kept.exists():
        found = Capabilities.from_json(json.loads(kept.read_text("utf-8")))
        if found.tried or not trying:
            return found
    found = found or list_capabilities(binaries)
    if trying:
        found = try_encoders(binaries, found, sandbox)
    if kept is not None:
        _keep(found, kept)
    return found


def _keep(found: Capabilities, path: Path) -> None:
    """Write capabilities beside and rename, so that no reader sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(json.dumps(found.to_json()), "utf-8")
    partial.replace(path)


def _identity(binaries: Binaries) -> str:
    marks = [str(_FORM), version_of(binaries.ffmpeg)]
    for program in (binaries.ffmpeg, binaries.ffprobe):
        status = program.stat()
        marks += [str(program), str(status.st_mtime_ns), str(status.st_size)]
    return hashlib.sha256("\0".join(marks).encode()).hexdigest()[:24]
