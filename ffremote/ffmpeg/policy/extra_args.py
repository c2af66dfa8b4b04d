"""Options of `extra_args` that have a field in the job JSON are moved to that field.

`["-crf", "20"]` and `"crf": 20` then pass the same check, and giving both is a conflict.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec, rebuild_job, to_fields

from .options import Option, read_options

Target = tuple[str, str, Callable[[str], Any]]
"""The section and the key of a field, and the conversion of the option's text."""


def _float(text: str) -> float:
    return float(text)


def _text(text: str) -> str:
    return text


def _as_list(text: str) -> list[str]:
    return [text]


def _scale(text: str) -> str:
    return text.replace("x", ":")


_FIELDS: dict[str, Target] = {
    "c:v": ("video", "codec", _text),
    "crf": ("video", "crf", _float),
    "qp": ("video", "qp", int),
    "b:v": ("video", "bitrate", _text),
    "maxrate": ("video", "maxrate", _text),
    "bufsize": ("video", "bufsize", _text),
    "preset": ("video", "preset", _text),
    "tune": ("video", "tune", _text),
    "profile:v": ("video", "profile", _text),
    "level": ("video", "level", _text),
    "pix_fmt": ("video", "pix_fmt", _text),
    "g": ("video", "gop", int),
    "bf": ("video", "bframes", int),
    "s": ("video", "scale", _scale),
    "filter:v": ("video", "filters", _as_list),
    "c:a": ("audio", "codec", _text),
    "b:a": ("audio", "bitrate", _text),
    "q:a": ("audio", "quality", _float),
    "ar": ("audio", "sample_rate", int),
    "ac": ("audio", "channels", int),
    "filter:a": ("audio", "filters", _as_list),
    "ss": ("input", "start", _text),
    "t": ("input", "duration", _text),
    "to": ("input", "end", _text),
}
# other spellings of the same option
_ALIASES = {
    "vcodec": "c:v",
    "codec:v": "c:v",
    "acodec": "c:a",
    "codec:a": "c:a",
    "scodec": "c:s",
    "codec:s": "c:s",
    "codec": "c",
    "b": "b:v",
    "ab": "b:a",
    "qscale:a": "q:a",
    "aq": "q:a",
    "vf": "filter:v",
    "af": "filter:a",
    "profile": "profile:v",
    "crf:v": "crf",
    "qp:v": "qp",
    "maxrate:v": "maxrate",
    "bufsize:v": "bufsize",
    "preset:v": "preset",
    "tune:v": "tune",
    "level:v": "level",
    "pix_fmt:v": "pix_fmt",
    "g:v": "g",
    "bf:v": "bf",
    "s:v": "s",
    "ar:a": "ar",
    "ac:a": "ac",
}
_TIMES = ("ss", "t", "to")
_SWITCHES = {"vn": ("video", False), "an": ("audio", False), "sn": ("subtitles", {"mode": "drop"})}


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of a job while options are moved into them, and the option behind each."""

    job: dict[str, Any]
    origins: dict[str, Option]
    is_one_of_several: bool = False


def resolve_extra_args(
    spec: JobSpec, *, is_one_of_several: bool = False
) -> tuple[JobSpec, tuple[Option, ...]]:
    """Return the spec with the options moved into fields, and the options without a field.

    The times of one of several outputs stay options: its input is that of the others, too.
    Raise InvalidArgument for an option that is not allowed or that contradicts a field.
    """
    if not spec.extra_args:
        return spec, ()
    fields = _Fields(to_fields(spec), {}, is_one_of_several)
    fields.job.pop("extra_args")
    rest = tuple(option for option in read_options(spec.extra_args) if not _move(fields, option))
    try:
        return rebuild_job(fields.job), rest
    except InvalidArgument as exc:
        option = fields.origins.get(exc.field) or fields.origins.get(exc.field.partition("[")[0])
        if option is None:
            raise
        raise InvalidArgument(option.field, f"{option.argv[0]}: {exc.message}") from exc


def _has_own_times(fields: _Fields) -> bool:
    """Whether the times of the result are not those of one input."""
    job = fields.job
    several = fields.is_one_of_several or "inputs" in job
    return several or "graph" in job or "loop" in job.get("input", {})


def _move(fields: _Fields, option: Option) -> bool:
    """Move one option into its field; return False if it has none."""
    name = option.argv[0][1:]
    name = _ALIASES.get(name, name)
    if option.name == "r":
        _refuse_two_rates(fields.job, option)
    if name in _TIMES and _has_own_times(fields):
        return False
    if name in _FIELDS:
        part, key, convert = _FIELDS[name]
        _set(fields, option, part, key, convert(option.value or ""))
    elif name in _SWITCHES:
        _set_part(fields, option, *_SWITCHES[name])
    elif name in _SPECIAL:
        _SPECIAL[name](fields, option)
    else:
        return False
    return True


def _move_both_codecs(fields: _Fields, option: Option) -> None:
    _set(fields, option, "video", "codec", option.value)
    _set(fields, option, "audio", "codec", option.value)


def _move_subtitle_codec(fields: _Fields, option: Option) -> None:
    subtitles: dict[str, Any] = (
        {"mode": "copy"} if option.value == "copy" else {"codec": option.value}
    )
    if "subtitles" not in fields.job:
        subtitles["track"] = "auto"  # as FFmpeg: one stream, unless maps choose
    _set_part(fields, option, "subtitles", subtitles)


def _move_map(fields: _Fields, option: Option) -> None:
    before = fields.job.get("streams", ())
    fields.job["streams"] = [*before, option.value]
    fields.origins[f"streams[{len(before)}]"] = option


def _move_metadata(fields: _Fields, option: Option) -> None:
    key, _, value = (option.value or "").partition("=")
    _set(fields, option, "metadata", key, value)


_SPECIAL: dict[str, Callable[[_Fields, Option], None]] = {
    "c": _move_both_codecs,
    "c:s": _move_subtitle_codec,
    "map": _move_map,
    "metadata": _move_metadata,
}


def _refuse_two_rates(job: dict[str, Any], option: Option) -> None:
    """Refuse `-r` beside `video.fps`: `-r` keeps other frames than the filter of that field."""
    video = job.get("video")
    if video is False or (video and "fps" in video):
        raise InvalidArgument(
            option.field, f"{option.argv[0]} contradicts the field video.fps; give one of them."
        )


def _set(fields: _Fields, option: Option, part: str, key: str, value: Any) -> None:
    section = fields.job.setdefault(part, {})
    if section is False or key in section:
        raise InvalidArgument(
            option.field, f"{option.argv[0]} contradicts the field {part}.{key}; give one of them."
        )
    section[key] = value
    fields.origins[f"{part}.{key}"] = option


def _set_part(fields: _Fields, option: Option, part: str, value: Any) -> None:
    if fields.job.get(part, value) != value:
        raise InvalidArgument(option.field, f"{option.argv[0]} contradicts the field {part!r}.")
    fields.job[part] = value
