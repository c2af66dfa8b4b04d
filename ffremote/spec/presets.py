"""Presets: named sets of job fields that a job may start from."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any

from ffremote.config import Settings
from ffremote.errors import ConfigurationError, InvalidArgument

from .output import Output

_RATE_CONTROL = ("crf", "qp", "bitrate", "maxrate", "bufsize", "quality")
_CODEC_SETTINGS = (*_RATE_CONTROL, "preset", "tune", "profile", "level", "pix_fmt")


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of fields of the job JSON."""

    name: str
    description: str
    job: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the preset as `GET /presets` shows it."""
        return {"name": self.name, "description": self.description, "job": dict(self.job)}


def load(settings: Settings) -> dict[str, Preset]:
    """Return the built-in presets and those of `FFREMOTE_PRESETS_FILE`, which win, by name.

    Raise ConfigurationError if that file cannot be read or is not a file of presets.
    """
    shipped = resources.files("ffremote.spec").joinpath("presets.toml").read_text("utf-8")
    presets = _parse(shipped, "presets.toml")
    if settings.presets_file is not None:
        presets |= _parse(_read_text(settings.presets_file), f"{settings.presets_file}")
    return presets


def merge(
    job: dict[str, Any], presets: Mapping[str, Preset], containers: Collection[str] = ()
) -> dict[str, Any]:
    """Return the job merged with the preset that it names: fields of the job win.

    An extension of `output_filename` that is in `containers` also wins over the container of the
    preset, which is for names without an extension.

    A codec in the job drops the preset's settings of its own codec, and any rate control in the
    job drops the preset's, so that `crf` of one is never combined with `bitrate` of the other.

    Each item of `outputs` is merged with the preset that it names in the same way.
    """
    outputs = job.get("outputs")
    if isinstance(outputs, list):
        items = [
            _merge(each, presets, containers, f"outputs[{number}].")
            if isinstance(each, dict)
            else each
            for number, each in enumerate(outputs)
        ]
        return {**job, "outputs": items}
    return _merge(job, presets, containers, "")


def _merge(
    job: dict[str, Any], presets: Mapping[str, Preset], containers: Collection[str], prefix: str
) -> dict[str, Any]:
    name = job.get("preset")
    if not isinstance(name, str):
        return job
    if name not in presets:
        known = ", ".join(sorted(presets)) or "none"
        raise InvalidArgument(
            f"{prefix}preset",
            f"There is no preset {name[:60]!r}; the presets are {known}."
            f" An encoder's own preset, such as 'fast', is {prefix}video.preset.",
        )
    if prefix and (
        other := next((k for k in presets[name].job if k not in Output.model_fields), None)
    ):
        raise InvalidArgument(
            f"{prefix}preset", f"The preset {name!r} sets {other}, which belongs to the whole job."
        )
    merged: dict[str, Any] = {**presets[name].job, **job}
    _drop_other_form(merged, job)
    output = job.get("output_filename")
    extension = PurePosixPath(output).suffix[1:].lower() if isinstance(output, str) else ""
    if "container" not in job and (extension in containers or job.get("package") is not None):
        merged.pop("container", None)
    for section, preset_section in presets[name].job.items():
        own = job.get(section)
        if isinstance(own, dict) and isinstance(preset_section, dict):
            merged[section] = _merge_section(preset_section, own)
    return merged


def _drop_other_form(merged: dict[str, Any], job: dict[str, Any]) -> None:
    """Drop the preset's `input` if the job has `inputs`, and the other way round."""
    for form, other in (("input", "inputs"), ("inputs", "input")):
        if form in job and other not in job:
            merged.pop(other, None)


def _merge_section(preset: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    dropped: set[str] = set()
    if "codec" in own and own["codec"] != preset.get("codec"):
        dropped.update(_CODEC_SETTINGS)
    if any(key in own for key in _RATE_CONTROL):
        dropped.update(_RATE_CONTROL)
    return {key: value for key, value in preset.items() if key not in dropped} | own


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigurationError(f"FFREMOTE_PRESETS_FILE={path}: {exc}") from exc


def _parse(text: str, origin: str) -> dict[str, Preset]:
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
