"""What the installed FFmpeg can do, by its own lists."""

import hashlib
import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ffremote.errors import ConfigurationError

from .binaries import Binaries, version_of
from .tables import names, table

_FORM = 1  # of the cached JSON; raise it when `Capabilities` changes
_CODEC = re.compile(r"^ ([VAS])[.A-Z]{5} (\S+)\s+(.*)$")
_OF_CODEC = re.compile(r"\(codec ([A-Za-z0-9_]+)\)$")
_FILTER = re.compile(r"^ [.A-Z]{2,3} +([A-Za-z0-9_]+) +\S+->\S+ ")
_FORMAT = re.compile(r"^ ([ D])([ E])[ d]? +([A-Za-z0-9_,]+) ")
_PIX_FMT = re.compile(r"^[.IOHPB]{5} (\S+) ")
_OPTION = re.compile(r"^ {0,2}-([A-Za-z0-9_\-]+)(?:\[:\S*\])?(?: |$)")
# ours, beside the filters that clients may use
_OWN_FILTERS = frozenset({"subtitles"})


@dataclass(frozen=True, slots=True)
class Encoder:
    """An encoder that this FFmpeg lists: its kind (V, A or S) and the codec that it writes."""

    kind: str
    codec: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one FFmpeg can do, cut down to what we allow."""

    version: str
    encoders: Mapping[str, Encoder]
    decoders: Mapping[str, tuple[str, ...]]
    filters: frozenset[str]
    muxers: frozenset[str]
    demuxers: frozenset[str]
    pix_fmts: frozenset[str]
    options: frozenset[str]
    broken: Mapping[str, str] = field(default_factory=dict)
    """Encoders that were tried and do not work here, with the reason."""

    @property
    def working_encoders(self) -> tuple[str, ...]:
        """The encoders that were not found broken, sorted."""
        return tuple(sorted(set(self.encoders) - set(self.broken)))

    def to_json(self) -> dict[str, Any]:
        """Return the JSON that a worker's row holds and that `from_json` reads."""
        shown = asdict(self)
        for key in ("filters", "muxers", "demuxers", "pix_fmts", "options"):
            shown[key] = sorted(shown[key])
        return shown

    @classmethod
    def from_json(cls, shown: Mapping[str, Any]) -> "Capabilities":
        """Read back what `to_json` wrote."""
        sets = ("filters", "muxers", "demuxers", "pix_fmts", "options")
        return cls(
            version=shown["version"],
            encoders={name: Encoder(**e) for name, e in shown["encoders"].items()},
            decoders={codec: tuple(found) for codec, found in shown["decoders"].items()},
            broken=dict(shown["broken"]),
            **{key: frozenset(shown[key]) for key in sets},
        )


def read_capabilities(binaries: Binaries, cache_dir: Path | None = None) -> Capabilities:
    """Ask FFmpeg for its lists; answers are kept in `cache_dir` as long as the binary is the same.

    Raises ConfigurationError when the binary does not run.
    """
    kept = None if cache_dir is None else cache_dir / f"ffmpeg-{_identity(binaries)}.json"
    if kept is not None and kept.exists():
        return Capabilities.from_json(json.loads(kept.read_text("utf-8")))
    found = _ask(binaries)
    if kept is not None:
        keep(found, kept)
    return found


def keep(found: Capabilities, path: Path) -> None:
    """Write capabilities beside and rename, so that no reader sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{id(found)}.partial")
    partial.write_text(json.dumps(found.to_json()), "utf-8")
    partial.replace(path)


def _identity(binaries: Binaries) -> str:
    marks = [str(_FORM), version_of(binaries.ffmpeg)]
    for program in (binaries.ffmpeg, binaries.ffprobe):
        status = program.stat()
        marks += [str(program), str(status.st_mtime_ns), str(status.st_size)]
    return hashlib.sha256("\0".join(marks).encode()).hexdigest()[:24]


def _ask(binaries: Binaries) -> Capabilities:
    def lines(*arguments: str) -> list[str]:
        return _listing(binaries.ffmpeg, *arguments)

    allowed = names("video_encoders") | names("audio_encoders") | names("subtitle_encoders")
    encoders = {
        name: Encoder(kind, codec)
        for kind, name, codec in _codecs(lines("-encoders"))
        if name in allowed | {"wrapped_avframe"}
    }
    decoders: dict[str, list[str]] = {}
    for _, name, codec in _codecs(lines("-decoders")):
        if name in names("decoders"):
            decoders.setdefault(codec, []).append(name)
    formats = [match for line in lines("-formats") if (match := _FORMAT.match(line))]
    return Capabilities(
        version=version_of(binaries.ffmpeg),
        encoders=encoders,
        decoders={codec: tuple(found) for codec, found in decoders.items()},
        filters=_named(_FILTER, lines("-filters")) & (_OWN_FILTERS | table("filters").keys()),
        muxers=frozenset(n for m in formats if m[2] == "E" for n in m[3].split(",")),
        demuxers=frozenset(n for m in formats if m[1] == "D" for n in m[3].split(","))
        & names("demuxers"),
        pix_fmts=_named(_PIX_FMT, lines("-pix_fmts")),
        options=_named(_OPTION, lines("-h", "full")) & table("options").keys(),
    )


def _listing(program: Path, *arguments: str) -> list[str]:
    try:
        shown = subprocess.run(
            [program, "-hide_banner", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as exc:
        raise ConfigurationError(f"{program} {' '.join(arguments)} fails: {exc}") from exc
    return shown.stdout.decode("utf-8", "replace").splitlines()


def _codecs(lines: list[str]) -> list[tuple[str, str, str]]:
    """Return (kind, name, codec) of every line of `-encoders` or `-decoders`."""
    found = []
    for line in lines:
        match = _CODEC.match(line)
        if match and match[2] != "=":
            of_codec = _OF_CODEC.search(match[3])
            found.append((match[1], match[2], of_codec[1] if of_codec else match[2]))
    return found


def _named(pattern: re.Pattern[str], lines: list[str]) -> frozenset[str]:
    return frozenset(match[1] for line in lines if (match := pattern.match(line)))
