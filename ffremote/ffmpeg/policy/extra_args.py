"""`extra_args` that say what a field of the job says, moved to that field.

So `["-crf", "20"]` and `"crf": 20` are one thing with one check, and both at once is a conflict.
"""

import json
from collections.abc import Callable
from typing import Any

from ffremote import spec as specs
from ffremote.errors import InvalidArgument

from .options import Option, read_options

Lifted = tuple[str, str, Callable[[str], Any]]


def _float(text: str) -> float:
    return float(text)


def _text(text: str) -> str:
    return text


def _listed(text: str) -> list[str]:
    return [text]


def _scale(text: str) -> str:
    return text.replace("x", ":")


_FIELDS: dict[str, Lifted] = {
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
    "filter:v": ("video", "filters", _listed),
    "c:a": ("audio", "codec", _text),
    "b:a": ("audio", "bitrate", _text),
    "q:a": ("audio", "quality", _float),
    "ar": ("audio", "sample_rate", int),
    "ac": ("audio", "channels", int),
    "filter:a": ("audio", "filters", _listed),
    "ss": ("input", "start", _text),
    "t": ("input", "duration", _text),
    "to": ("input", "end", _text),
}
# how else people write them
_SAME = {
    "vcodec": "c:v",
    "codec:v": "c:v",
    "acodec": "c:a",
    "codec:a": "c:a",
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
_SWITCHES = {"vn": ("video", False), "an": ("audio", False), "sn": ("subtitles", {"mode": "drop"})}


def lift(spec: specs.JobSpec) -> tuple[specs.JobSpec, tuple[Option, ...]]:
    """Return the spec with the lifted fields, and the options that have no field.

    Raises InvalidArgument for an option that is refused, or that contradicts a field.
    """
    if not spec.extra_args:
        return spec, ()
    job = json.loads(spec.to_json())
    rest = tuple(option for option in read_options(spec.extra_args) if not _lift(job, option))
    job.pop("extra_args")
    job.pop("preset", None)
    # its fields are in the job already; the name stays, for it is a promise
    return specs.build_job(job).model_copy(update={"preset": spec.preset}), rest


def _lift(job: dict[str, Any], option: Option) -> bool:
    """Move one option into `job`; False when it has no field there."""
    word = option.argv[0][1:]
    word = _SAME.get(word, word)
    if option.name == "r":
        _refuse_two_rates(job, option)
    if word in _FIELDS:
        part, key, convert = _FIELDS[word]
        _set(job, option, part, key, convert(option.value or ""))
        return True
    if word in _SWITCHES:
        _set_whole(job, option, *_SWITCHES[word])
        return True
    return _lift_special(job, option, word)


def _lift_special(job: dict[str, Any], option: Option, word: str) -> bool:
    """Move the options whose fields hold more than one value."""
    if word in ("c:s", "scodec", "codec:s"):
        mode: dict[str, Any] = (
            {"mode": "copy"} if option.value == "copy" else {"codec": option.value}
        )
        if "subtitles" not in job:
            mode["track"] = "auto"  # as FFmpeg: one of them, unless maps say which
        _set_whole(job, option, "subtitles", mode)
    elif word == "map":
        job.setdefault("streams", []).append(option.value)
    elif word == "metadata":
        key, _, value = (option.value or "").partition("=")
        _set(job, option, "metadata", key, value)
    elif word in ("c", "codec"):
        _set(job, option, "video", "codec", option.value)
        _set(job, option, "audio", "codec", option.value)
    else:
        return False
    return True


def _refuse_two_rates(job: dict[str, Any], option: Option) -> None:
    """-r stays an option: it picks other pictures than the filter that `video.fps` means."""
    video = job.get("video")
    if video is False or (video and "fps" in video):
        raise InvalidArgument(
            option.field, f"{option.argv[0]} contradicts the field video.fps; give one of them."
        )


def _set(job: dict[str, Any], option: Option, part: str, key: str, value: Any) -> None:
    fields = job.setdefault(part, {})
    if fields is False or key in fields:
        raise InvalidArgument(
            option.field, f"{option.argv[0]} contradicts the field {part}.{key}; give one of them."
        )
    probe = {"output_filename": "x", part: {key: value}}
    try:
        specs.build_job(probe)
    except InvalidArgument as exc:
        raise InvalidArgument(option.field, f"{option.argv[0]}: {exc.message}") from exc
    fields[key] = value


def _set_whole(job: dict[str, Any], option: Option, part: str, value: Any) -> None:
    if job.get(part, value) != value:
        raise InvalidArgument(option.field, f"{option.argv[0]} contradicts the field {part!r}.")
    job[part] = value
