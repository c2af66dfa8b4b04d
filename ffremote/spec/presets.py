"""Named presets: parts of a job JSON that a job may start from."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any

from ffremote.config import Settings
from ffremote.errors import ConfigurationError, InvalidArgument

_QUALITY = ("crf", "qp", "bitrate", "maxrate", "bufsize", "quality")
_OF_THE_CODEC = (*_QUALITY, "preset", "tune", "profile", "level", "pix_fmt")


@dataclass(frozen=True, slots=True)
class Preset:
    """A named start for a job; `job` holds fields of the job JSON."""

    name: str
    description: str
    job: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the preset as `GET /presets` shows it."""
        return {"name": self.name, "description": self.description, "job": dict(self.job)}


def load(settings: Settings) -> dict[str, Preset]:
    """Return the shipped presets and the operator's by name; the operator's win.

    Raises ConfigurationError when the operator's file cannot be read or holds no presets.
    """
    shipped = resources.files("ffremote.spec").joinpath("presets.toml").read_text("utf-8")
    presets = _read(shipped, "presets.toml")
    if settings.presets_file is not None:
        presets |= _read(_text_of(settings.presets_file), f"{settings.presets_file}")
    return presets


def merge(
    job: dict[str, Any], presets: Mapping[str, Preset], containers: Collection[str] = ()
) -> dict[str, Any]:
    """Lay a job over the preset that it names: explicit fields win.

    An extension of `output_filename` that is one of `containers` is explicit, too: the preset's
    container is for names that have none.

    An explicit codec also drops what the preset says about its own codec, and any explicit rate
    control drops the preset's, so that `crf` of one never meets `bitrate` of the other.
    """
    name = job.get("preset")
    if not isinstance(name, str):
        return job
    if name not in presets:
        known = ", ".join(sorted(presets)) or "none"
        raise InvalidArgument(
            "preset",
            f"There is no preset {name[:60]!r}; the presets are {known}."
            " An encoder's own preset, such as 'fast', is video.preset.",
        )
    merged: dict[str, Any] = {**presets[name].job, **job}
    output = job.get("output_filename")
    extension = PurePosixPath(output).suffix[1:].lower() if isinstance(output, str) else ""
    if extension in containers and "container" not in job:
        merged.pop("container", None)
    for part, preset_part in presets[name].job.items():
        own = job.get(part)
        if isinstance(own, dict) and isinstance(preset_part, dict):
            merged[part] = _lay_over(preset_part, own)
    return merged


def _lay_over(preset: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    dropped: set[str] = set()
    if "codec" in own and own["codec"] != preset.get("codec"):
        dropped.update(_OF_THE_CODEC)
    if any(key in own for key in _QUALITY):
        dropped.update(_QUALITY)
    return {key: value for key, value in preset.items() if key not in dropped} | own


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigurationError(f"FFREMOTE_PRESETS_FILE={path}: {exc}") from exc


def _read(text: str, origin: str) -> dict[str, Preset]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise ConfigurationError(f"{origin} is not TOML: {exc}") from exc
    return {name: _preset(name, table, origin) for name, table in tables.items()}


def _preset(name: str, table: Any, origin: str) -> Preset:
    if not isinstance(table, dict):
        raise ConfigurationError(f"{origin}: {name} must be a table such as [{name}]")
    fields = {key: value for key, value in table.items() if key != "description"}
    for key in ("output_filename", "preset", "labels", "priority"):
        if key in fields:
            raise ConfigurationError(f"{origin}: a preset cannot set {key!r} ([{name}])")
    return Preset(name, str(table.get("description", "")), fields)
