"""What the installed FFmpeg can do, cached for as long as nothing that decides it changes."""

import hashlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from ..binaries import Binaries, version_of
from ..model.capabilities import Capabilities
from ..model.devices import nodes
from ..sandbox.sandbox import Sandbox
from .lists import list_capabilities
from .trials import try_encoders

log = logging.getLogger(__name__)

_FORM = 4  # of the cached JSON; raise it when `Capabilities` changes


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the trials of encoders depend on beside the binaries; each value has its own entry."""

    sandbox: str
    devices: str = ""

    @classmethod
    def of(cls, sandbox: Sandbox | None) -> "Conditions":
        """Return the conditions of trials in `sandbox`, None being no confinement at all."""
        if sandbox is None:
            return cls("")
        return cls(sandbox.name, ",".join(nodes(sandbox.limits.devices)))


def read_capabilities(
    binaries: Binaries,
    cache_dir: Path | None = None,
    *,
    trying: bool = False,
    sandbox: Sandbox | None = None,
) -> Capabilities:
    """Return FFmpeg's lists, and what trials found; answers are cached in `cache_dir`.

    With `trying`, encode in `sandbox` with every encoder that is listed, which takes 1 to 8 s the
    first time. Without it, return the trials made in this `sandbox` if they are cached; a reader
    without a sandbox gets the newest trials of these binaries. Raises ConfigurationError when a
    binary does not run.
    """
    if cache_dir is None:
        found = list_capabilities(binaries)
        return try_encoders(binaries, found, sandbox) if trying else found
    prefix = f"ffmpeg-{_digest(_identity(binaries))}"
    trials = cache_dir / f"{prefix}-{_digest(astuple(Conditions.of(sandbox)))}.json"
    tried = _read(trials)
    if tried is None and not trying and sandbox is None:
        tried = next(_newest_first(cache_dir, f"{prefix}-*.json"), None)
    if tried is not None:
        return tried
    lists = cache_dir / f"{prefix}.json"
    found = _read(lists) or _write(list_capabilities(binaries), lists)
    return _write(try_encoders(binaries, found, sandbox), trials) if trying else found


def _read(path: Path) -> Capabilities | None:
    """Return a cached answer; None if there is none, or a crash of the machine tore it."""
    try:
        return Capabilities.from_json(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as exc:
        log.warning("%s is damaged (%r); FFmpeg is asked again", path, exc)
        return None


def _newest_first(cache_dir: Path, pattern: str) -> Iterator[Capabilities]:
    files = sorted(cache_dir.glob(pattern), key=lambda each: each.stat().st_mtime, reverse=True)
    return (found for path in files if (found := _read(path)) is not None)


def _write(found: Capabilities, path: Path) -> Capabilities:
    """Write capabilities beside and rename, so that no reader sees half a file; return them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(json.dumps(found.to_json()), "utf-8")
    partial.replace(path)
    return found


def _identity(binaries: Binaries) -> tuple[str, ...]:
    marks = [str(_FORM)]
    for program in (binaries.ffmpeg, binaries.ffprobe):
        status = program.stat()
        marks += [str(program), str(status.st_mtime_ns), str(status.st_size), version_of(program)]
    return tuple(marks)


def _digest(marks: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join(marks).encode()).hexdigest()[:24]
