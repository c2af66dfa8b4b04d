"""The capabilities of one FFmpeg build."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Encoder:
    """A listed encoder: its kind (`V`, `A` or `S`) and the codec that it writes."""

    kind: str
    codec: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one FFmpeg build can do, restricted to the allow-lists."""

    version: str
    """FFmpeg's version; plans depend on it."""
    encoders: Mapping[str, Encoder]
    decoders: Mapping[str, tuple[str, ...]]
    filters: frozenset[str]
    muxers: frozenset[str]
    demuxers: frozenset[str]
    pix_fmts: frozenset[str]
    options: frozenset[str]
    broken: Mapping[str, str] = field(default_factory=dict)
    """Encoders that failed their trial on this machine, with the reason."""
    tried: bool = False
    """Whether the encoders were tried; otherwise they are only listed."""
    ffprobe_version: str = ""
    """The version of ffprobe, which may differ; empty if unknown."""
    excerpts: bool = False
    """Whether the worker can probe parts of a file: its data directory tells what was read."""

    @property
    def versions(self) -> str:
        """Both versions, for a message."""
        if not self.ffprobe_version:
            return f"FFmpeg {self.version}"
        return f"FFmpeg {self.version}, ffprobe {self.ffprobe_version}"

    @property
    def working_encoders(self) -> tuple[str, ...]:
        """The encoders that are not in `broken`, sorted."""
        return tuple(sorted(set(self.encoders) - set(self.broken)))

    def to_json(self) -> dict[str, Any]:
        """Return the JSON for a worker's row; `from_json` reads it."""
        data = asdict(self)
        for key in ("filters", "muxers", "demuxers", "pix_fmts", "options"):
            data[key] = sorted(data[key])
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Capabilities":
        """Return the value that `to_json` wrote."""
        sets = ("filters", "muxers", "demuxers", "pix_fmts", "options")
        return cls(
            version=data["version"],
            encoders={name: Encoder(**e) for name, e in data["encoders"].items()},
            decoders={codec: tuple(found) for codec, found in data["decoders"].items()},
            broken=dict(data["broken"]),
            tried=data["tried"],
            ffprobe_version=data.get("ffprobe_version", ""),  # rows of 0.1.0 have none
            excerpts=data.get("excerpts", False),
            **{key: frozenset(data[key]) for key in sets},
        )
