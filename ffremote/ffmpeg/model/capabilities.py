"""What one FFmpeg can do."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Encoder:
    """An encoder that this FFmpeg lists: its kind (V, A or S) and the codec that it writes."""

    kind: str
    codec: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one FFmpeg can do, cut down to what we allow."""

    version: str
    """FFmpeg's own version; jobs are planned by it."""
    encoders: Mapping[str, Encoder]
    decoders: Mapping[str, tuple[str, ...]]
    filters: frozenset[str]
    muxers: frozenset[str]
    demuxers: frozenset[str]
    pix_fmts: frozenset[str]
    options: frozenset[str]
    broken: Mapping[str, str] = field(default_factory=dict)
    """Encoders that were tried and do not work here, with the reason."""
    tried: bool = False
    """Whether the encoders were tried, or only listed."""
    ffprobe_version: str = ""
    """The version of the ffprobe beside it, which may be another; empty where it is not known."""

    @property
    def versions(self) -> str:
        """Both versions in words."""
        if not self.ffprobe_version:
            return f"FFmpeg {self.version}"
        return f"FFmpeg {self.version}, ffprobe {self.ffprobe_version}"

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
            tried=shown["tried"],
            ffprobe_version=shown.get("ffprobe_version", ""),  # rows of 0.1.0 have none
            **{key: frozenset(shown[key]) for key in sets},
        )
