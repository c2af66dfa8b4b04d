"""Caches what FFmpeg can do, until binaries, allow-lists, the sandbox or devices change."""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from ffremote.host.file_system import replace_text

from ..binaries import Binaries, version_of
from ..model.capabilities import Capabilities
from ..model.devices import nodes
from ..policy.tables import table
from ..sandbox.sandbox import Sandbox
from .lists import list_capabilities
from .trials import try_encoders

log = logging.getLogger(__name__)

_FORMAT = 4  # of the cached JSON; increase it when `Capabilities` changes


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the trials of encoders depend on besides the binaries; each value has its own entry."""

    sandbox: str
    devices: str = ""

    @classmethod
    def of(cls, sandbox: Sandbox | None) -> "Conditions":
        """Return the conditions of trials in `sandbox`; None means unconfined."""
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
    """Return FFmpeg's lists and the results of trials; both are cached in `cache_dir`.

    With `trying`, encode in `sandbox` with every listed encoder, which takes 1 to 8 s the first
    time. Without it, return the cached trials made in this `sandbox`; without a sandbox, return
    the newest cached trials of these binaries. Raises ConfigurationError if a binary does not run.
    """
    if cache_dir is None:
        listed = list_capabilities(binaries)
        return try_encoders(binaries, listed, sandbox) if trying else listed
    prefix = f"ffmpeg-{_digest(_identity(binaries))}"
    trials = cache_dir / f"{prefix}-{_digest(astuple(Conditions.of(sandbox)))}.json"
    tried = _read(trials)
    if tried is None and not trying and sandbox is None:
        tried = next(_newest_first(cache_dir, f"{prefix}-*.json"), None)
    if tried is not None:
        return tried
    lists = cache_dir / f"{prefix}.json"
    listed = _read(lists) or _write(list_capabilities(binaries), lists)
    return _write(try_encoders(binaries, listed, sandbox), trials) if trying else listed


def _read(path: Path) -> Capabilities | None:
    """Return a cached entry; None if there is none, or if a crash of the machine damaged it."""
    try:
        return Capabilities.from_json(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as exc:
        log.warning("%s is damaged (%r); asking FFmpeg again", path, exc)
        return None


def _newest_first(cache_dir: Path, pattern: str) -> Iterator[Capabilities]:
    files = sorted(cache_dir.glob(pattern), key=lambda each: each.stat().st_mtime, reverse=True)
    return (found for path in files if (found := _read(path)) is not None)


def _write(capabilities: Capabilities, path: Path) -> Capabilities:
    """Write capabilities to the cache, atomically; return them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_text(path, json.dumps(capabilities.to_json()))
    return capabilities


def _identity(binaries: Binaries) -> tuple[str, ...]:
    parts = [str(_FORMAT), _allowed_names()]
    for program in (binaries.ffmpeg, binaries.ffprobe):
        status = program.stat()
        parts += [str(program), str(status.st_mtime_ns), str(status.st_size), version_of(program)]
    return tuple(parts)


def _allowed_names() -> str:
    """Return a digest of the allow-lists: capabilities name only what is in them."""
    tables = (table(name) for name in ("filters", "graph_filters", "options", "codecs"))
    return _digest([name for each in tables for name in sorted(each)])


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
