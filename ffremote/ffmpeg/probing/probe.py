"""What ffprobe says about a file of a stranger."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from ffremote.states import FailureReason, Phase

from ..model import tags
from ..model.failure import TranscodeError, refuse
from ..model.media_info import MediaInfo, Stream
from ..model.probe_depth import deep_reading
from ..model.report import OnProgress
from ..policy.tables import names
from ..runtime import Runtime
from . import gif, png
from .charsets import TEXT_FORMATS, guess_charset
from .declared_duration import look
from .ffprobe import ask
from .first_frame import film_to_ask, of_first_frame, with_mastering
from .unsupported_formats import HEAD_BYTES, refuse_unread

_FRACTION = re.compile(r"[0-9]{1,12}(?:/[0-9]{1,12})?", re.ASCII)
MAX_TAG = 256
_TAGS = ("DURATION", "alpha_mode", "filename", "language", "mimetype", "timecode", "title")
# named one by one: all the tags of a hostile file would fill the answer
_ENTRIES = (
    "format=format_name,duration,start_time,size,nb_streams"
    ":stream=index,codec_type,codec_name,codec_tag_string,extradata_size,profile,width,height"
    ",sample_aspect_ratio,avg_frame_rate,r_frame_rate,pix_fmt,field_order"
    ",color_range,color_space,color_transfer,color_primaries"
    ",sample_rate,channels,channel_layout,start_time,duration"
    ":stream_disposition=default,forced,attached_pic"
    f":stream_tags={','.join(_TAGS)}:stream_side_data=side_data_type,rotation,dv_profile:chapter=id"
)

_AS_SAID = (
    *("profile", "sample_aspect_ratio", "field_order", "channel_layout"),
    *("color_range", "color_space", "color_transfer", "color_primaries"),
)


def probe(
    runtime: Runtime,
    cwd: Path,
    input_name: str,
    *,
    on_progress: OnProgress,
    phase: Phase = Phase.PROBING,
    demuxer: str | None = None,
) -> MediaInfo:
    """Ask ffprobe, confined to `cwd`, what the file `input_name` in it holds.

    Its content says which format it has, unless `demuxer` does. `on_progress` is called as in
    `run`. Raises TranscodeError for what is no media that we take.
    """
    with (cwd / input_name).open("rb") as file:
        head = file.read(HEAD_BYTES)
    try:
        answer = ask(
            runtime,
            cwd,
            _arguments(runtime, input_name, demuxer),
            on_progress=on_progress,
            phase=phase,
        )
        info = _described(answer)
    except TranscodeError:
        refuse_unread(head, None)
        raise
    refuse_unread(head, info)
    if info.format in png.FORMATS:
        info = png.with_pixels(info, cwd / input_name)
    if info.format == gif.FORMAT:
        info = gif.with_opacity(info, cwd / input_name)
    again = partial(_ask_more, runtime, cwd, input_name, on_progress=on_progress, phase=phase)
    if info.format not in tags.WITHOUT and demuxer is None:
        info = replace(info, labels=tags.names_of(again(tags.question(info.format))))
    is_input = phase is Phase.PROBING
    if is_input:
        info = _with_own_words(info, cwd / input_name)
    film = None if demuxer else film_to_ask(info, is_input=is_input)
    return info if film is None else with_mastering(info, film, again(of_first_frame(film)))


def _ask_more(
    runtime: Runtime,
    cwd: Path,
    input_name: str,
    question: Sequence[str],
    *,
    on_progress: OnProgress,
    phase: Phase,
) -> dict[str, Any]:
    """Ask about what is good to know; nothing where there is no answer within the bounds."""
    wanted = [*_bounds(runtime), "-of", "json", *question, "-i", f"file:{input_name}"]
    try:
        return ask(runtime, cwd, wanted, on_progress=on_progress, phase=phase)
    except TranscodeError:
        return {}  # what cannot be read is judged by the job itself


def _described(answer: dict[str, Any]) -> MediaInfo:
    """Read the answer; what a crafted input made of it does not stop a worker."""
    try:
        return read_facts(answer)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as exc:
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT, "The input describes itself in no way that is known."
        ) from exc


def _with_own_words(info: MediaInfo, path: Path) -> MediaInfo:
    """Add what the file says and ffprobe does not."""
    own = look(path)
    charset = guess_charset(path) if info.format in TEXT_FORMATS else None
    return replace(info, charset=charset, declared=own.seconds, breaks_off=own.breaks_off)


def _arguments(runtime: Runtime, input_name: str, demuxer: str | None) -> list[str]:
    return [
        *_bounds(runtime),
        *("-of", "json", "-show_entries", _ENTRIES),
        *(("-f", demuxer) if demuxer else ()),
        *("-i", f"file:{input_name}"),
    ]


def _bounds(runtime: Runtime) -> list[str]:
    limits = runtime.limits
    return [
        *("-hide_banner", "-v", "level+error", "-protocol_whitelist", "file"),
        *("-format_whitelist", ",".join(sorted(names("demuxers")))),
        *("-codec_whitelist", ",".join(sorted(names("decoders")))),
        *("-max_pixels", str(limits.max_pixels), "-max_streams", str(limits.max_streams)),
        *deep_reading(None),
    ]


def read_facts(answer: dict[str, Any]) -> MediaInfo:
    """Read ffprobe's JSON; raise TranscodeError when it holds no stream."""
    streams = tuple(
        _stream(row) for row in answer.get("streams", []) if row.get("codec_type") is not None
    )
    if not streams:
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT,
            "The input holds no stream that is known.",
            "Is it a film, a sound or a picture?",
        )
    described = answer.get("format", {})
    size = _number(described.get("size"))
    return MediaInfo(
        format=str(described.get("format_name", "")),
        duration=_positive(described.get("duration")),
        streams=streams,
        bytes=None if size is None else int(size),
        start=_number(described.get("start_time")),
        chapters=len(answer.get("chapters", ())),
    )


def _stream(row: dict[str, Any]) -> Stream:
    rate = _rate(row.get("avg_frame_rate")) or _rate(row.get("r_frame_rate"))
    sample_rate = _number(row.get("sample_rate"))
    disposition = row.get("disposition", {})
    is_video = row["codec_type"] == "video"
    tag = row.get("codec_tag_string", "[0][0][0][0]")
    return Stream(
        index=int(row["index"]),
        kind=str(row["codec_type"]),
        codec=str(row.get("codec_name", "unknown")),
        width=row.get("width"),
        height=row.get("height"),
        fps=rate if is_video else None,
        pix_fmt=row.get("pix_fmt"),
        sample_rate=None if sample_rate is None else int(sample_rate),
        channels=row.get("channels"),
        duration=_positive(row.get("duration")),
        is_default=bool(disposition.get("default")),
        is_picture=bool(disposition.get("attached_pic")),
        is_forced=bool(disposition.get("forced")),
        start=_number(row.get("start_time")),
        tag=None if str(tag).startswith("[") else tag,
        base_fps=_rate(row.get("r_frame_rate")) if is_video else None,
        bytes=row.get("extradata_size"),
        rotation=_rotation(row.get("side_data_list", ())),
        dolby_vision=_whole(row.get("side_data_list", ()), "dv_profile"),
        side_data=tuple(str(each.get("side_data_type")) for each in row.get("side_data_list", ())),
        tags={key.lower(): str(text)[:MAX_TAG] for key, text in row.get("tags", {}).items()},
        **{key: row[key] for key in _AS_SAID if row.get(key) not in (None, "unknown", "0:1")},
    )


def _rotation(side_data: Iterable[Mapping[str, Any]]) -> int | None:
    """The degrees counter-clockwise by which a player turns the pictures, 0 to 359."""
    turns = (_number(each.get("rotation")) for each in side_data)
    return next((round(turn) % 360 for turn in turns if turn is not None), None)


def _whole(side_data: Iterable[Mapping[str, Any]], key: str) -> int | None:
    numbers = (_number(each.get(key)) for each in side_data)
    return next((int(number) for number in numbers if number is not None), None)


def _number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def _positive(text: Any) -> float | None:
    value = _number(text)
    return value if value is not None and 0 < value < 1e9 else None


def _rate(text: Any) -> float | None:
    if not _FRACTION.fullmatch(str(text)):
        return None  # of an exponent, Fraction would compute the digits
    try:
        value = float(Fraction(str(text)))
    except ZeroDivisionError:
        return None
    return round(value, 3) if value > 0 else None
