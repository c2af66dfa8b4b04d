"""Asks ffprobe what a file holds and parses the answer into `MediaInfo`."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ffremote.spec import Input
from ffremote.spec.decoding import Probe
from ffremote.states import FailureReason, Phase

from ..model import tags
from ..model.failure import TranscodeError, refuse
from ..model.limits import Limits
from ..model.media_info import MediaInfo
from ..model.picture_sequence import DEMUXER
from ..model.probe_depth import probe_options
from ..model.report import OnProgress
from ..policy.tables import decoders, names
from ..runtime import Runtime
from ..streams.raw_data import raw_options, with_length
from . import gif, png
from .charsets import TEXT_FORMATS, guess_charset
from .declared_duration import read_declared
from .ffprobe import run_ffprobe
from .ffprobe_output import parse_output
from .first_frame import first_frame_options, stream_to_probe, with_first_frame
from .unsupported_formats import HEAD_BYTES, refuse_unsupported

_TAGS = ("DURATION", "alpha_mode", "filename", "language", "mimetype", "timecode", "title")
# named one by one: all the tags of a hostile file would exceed the bound on the output
_ENTRIES = (
    "format=format_name,duration,start_time,size,nb_streams"
    ":stream=index,codec_type,codec_name,codec_tag_string,extradata_size,extradata_hash,profile,level,width,height"
    ",sample_aspect_ratio,avg_frame_rate,r_frame_rate,pix_fmt,field_order"
    ",color_range,color_space,color_transfer,color_primaries"
    ",sample_rate,sample_fmt,channels,channel_layout,time_base,start_time,duration"
    ":stream_disposition=default,forced,attached_pic"
    f":stream_tags={','.join(_TAGS)}:stream_side_data=side_data_type,rotation,dv_profile:chapter=id"
)

SHOWN = ("-of", "json", "-show_data_hash", "crc32", "-show_entries", _ENTRIES)
_DETECTED = Input()


def probe(
    runtime: Runtime,
    cwd: Path,
    input_name: str,
    *,
    on_progress: OnProgress,
    phase: Phase = Phase.PROBING,
    demuxer: str | None = None,
    source: Input = _DETECTED,
) -> MediaInfo:
    """Return what the file `input_name` in `cwd` holds; ffprobe runs confined to `cwd`.

    The format is detected from the content, of those that the role of `source` allows, the job's
    section of an input. It is not if `source` declares it, or `demuxer` is given for a result.
    `on_progress` is called as in `transcode.run`. Raises TranscodeError for other files.
    """
    path = cwd / input_name
    reading = reading_options(runtime.limits, source)
    run = partial(run_ffprobe, runtime, cwd, on_progress=on_progress, phase=phase)
    forced = ("-f", demuxer) if demuxer else ()
    first = [*reading, *SHOWN, *forced, "-i", f"file:{input_name}"]
    if source.is_raw:
        return with_length(parse(run(first)), source, path.stat().st_size)
    is_input = phase is Phase.PROBING
    info = _supported(path, lambda: parse(run(first))) if is_input else parse(run(first))
    if info.format in png.FORMATS:
        info = png.with_pixels(info, path)
    if info.format == gif.FORMAT:
        info = gif.with_opacity(info, path)
    probe_more = partial(_probe_more, run, reading, input_name)
    if info.format not in tags.FORMATS_WITHOUT_TAGS and demuxer is None:
        info = replace(info, labels=tags.tag_names(probe_more(tags.ffprobe_options(info.format))))
    if is_input:
        info = _with_declared(info, path, source)
    video = None if demuxer else stream_to_probe(info, is_input=is_input)
    if video is None:
        return info
    return with_first_frame(info, video, probe_more(first_frame_options(video)))


def probe_pictures(
    runtime: Runtime, cwd: Path, reading: Sequence[str], *, on_progress: OnProgress
) -> MediaInfo:
    """Return what the pictures of ours in `cwd` hold as one video, read by the options `reading`.

    The demuxer must be that of sequences, the only one that is allowed. Raises TranscodeError.
    """
    arguments = [*_bounds(runtime.limits, [DEMUXER]), *SHOWN, *reading]
    found = run_ffprobe(runtime, cwd, arguments, on_progress=on_progress, phase=Phase.PROBING)
    return parse(found)


def reading_options(limits: Limits, source: Input) -> list[str]:
    """Return the options of ffprobe before the input that is the section `source` of a job."""
    return [*_bounds(limits, _formats(source), source.probe), *_opening(source)]


def _supported(path: Path, read: Callable[[], MediaInfo]) -> MediaInfo:
    """Return what `read` returns; for formats that FFmpeg may lack, raise an error that says so."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    try:
        info = read()
    except TranscodeError:
        refuse_unsupported(head, None)
        raise
    refuse_unsupported(head, info)
    return info


def _probe_more(
    run: Callable[[Sequence[str]], dict[str, Any]],
    reading: Sequence[str],
    input_name: str,
    options: Sequence[str],
) -> dict[str, Any]:
    """Run ffprobe for optional properties; best effort: return {} if it fails."""
    try:
        return run([*reading, "-of", "json", *options, "-i", f"file:{input_name}"])
    except TranscodeError:
        return {}  # if the input cannot be read, the job itself fails later, with the reason


def parse(output: dict[str, Any]) -> MediaInfo:
    """Parse ffprobe's JSON; malformed values of a crafted input become a TranscodeError."""
    try:
        return parse_output(output)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as exc:
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT, "The description of the input is malformed."
        ) from exc


def _with_declared(info: MediaInfo, path: Path, source: Input) -> MediaInfo:
    """Return `info` with the properties of the file that ffprobe does not report."""
    declared = read_declared(path)
    charset = source.charset
    if charset is None and info.format in TEXT_FORMATS:
        charset = guess_charset(path)
    return replace(info, charset=charset, declared=declared.seconds, breaks_off=declared.breaks_off)


def _opening(source: Input) -> list[str]:
    """Return the options that force the format which the job declares."""
    return [*raw_options(source), "-f", source.format] if source.format else []


def _formats(source: Input) -> Collection[str]:
    """Return the demuxers that may read an input."""
    if source.format:
        return [source.format]
    return TEXT_FORMATS if source.role == "subtitle" else names("demuxers")


def _bounds(limits: Limits, formats: Collection[str], depth: Probe | None = None) -> list[str]:
    return [
        *("-hide_banner", "-v", "level+error", "-protocol_whitelist", "file"),
        *("-format_whitelist", ",".join(sorted(formats))),
        *("-codec_whitelist", ",".join(sorted(decoders()))),
        *("-max_pixels", str(limits.max_pixels), "-max_streams", str(limits.max_streams)),
        *probe_options(None, depth),
    ]
