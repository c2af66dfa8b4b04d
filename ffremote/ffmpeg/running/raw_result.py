"""Verifies results that ffprobe cannot read: by size, by their form, and by what FFmpeg wrote.

FFmpeg's log says what it gave to the muxer. A file of raw samples, pictures or packets has exactly
those bytes; checksums and tags have a grammar.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from ..model.media_info import MediaInfo, Stream
from ..model.planned_output import Form, PlannedOutput
from ..policy.raw_pictures import picture_bytes
from ..process.evidence import Evidence, WrittenStream
from ..process.output_streams import OutputStream
from .refusals import truncated
from .webp import read_pictures

_HEX = "[0-9a-f]"
_LONGEST_LINE = 4096
_DIGEST_LINE = re.compile(
    rf"(?:\d+,[vas],)?(?:CRC=0x{_HEX}{{8}}|[A-Za-z0-9/]{{3,12}}={_HEX}{{6,128}})"
    rf"|\d+,(?: *-?\d+,){{4}} *(?:0x)?{_HEX}{{6,128}}(?:, .*)?"
)
_WIDTHS = {
    **dict.fromkeys(("pcm_s8", "pcm_u8", "pcm_alaw", "pcm_mulaw"), 1),
    **dict.fromkeys(("pcm_s16le", "pcm_s16be"), 2),
    **dict.fromkeys(("pcm_s24le", "pcm_s24be"), 3),
    **dict.fromkeys(("pcm_s32le", "pcm_s32be", "pcm_f32le", "pcm_f32be"), 4),
    "pcm_f64le": 8,
}
"""Bytes of one sample."""
_EXACT = (Form.SAMPLES, Form.PICTURES, Form.PACKETS)


def check_raw(output: PlannedOutput, evidence: Evidence, path: Path) -> MediaInfo:
    """Return what the file at `path` contains; raise TranscodeError if it is not complete."""
    size = path.stat().st_size
    form = output.form
    assert form is not None, output
    seconds = None
    if form is not Form.TAGS and not any(each.packets for each in evidence.written.values()):
        raise truncated("FFmpeg wrote no packet.", "See the log for what it read.")
    if form in _EXACT:
        _check_size(size, evidence)
    elif form is Form.WEBP:
        seconds = _check_webp(path, evidence)
    else:
        _check_lines(path, form)
    streams = tuple(_streams(evidence, form, seconds))
    ends = [each.duration for each in streams if each.duration is not None]
    return MediaInfo(output.path.rpartition(".")[2], max(ends, default=None), streams, bytes=size)


def _check_size(size: int, evidence: Evidence) -> None:
    """Raise TranscodeError unless the file has the bytes that FFmpeg gave to the muxer."""
    given = [each.bytes for each in evidence.written.values()]
    if size != sum(each or 0 for each in given):
        raise truncated(f"The result has {size} bytes; FFmpeg wrote {given}.")
    for index, each in evidence.written.items():
        stream = evidence.announced.get((0, index))
        wanted = stream and stream.codec == "rawvideo" and _picture_bytes(stream)
        if wanted and each.bytes != wanted * each.packets:
            raise truncated(
                f"The result has {each.bytes} bytes instead of {each.packets} pictures of"
                f" {wanted} bytes."
            )


def _picture_bytes(stream: OutputStream) -> int | None:
    if stream.width is None or stream.height is None or stream.pix_fmt is None:
        return None
    return picture_bytes(stream.pix_fmt, stream.width, stream.height)


def _check_webp(path: Path, evidence: Evidence) -> float | None:
    """Return the seconds of an animation."""
    found, written = read_pictures(path), evidence.written.get(0)
    count = 0 if found is None else found.count
    if found is None or not count or (written and 1 < written.packets > count):
        raise truncated(f"The result has {count} pictures, which are not all.")
    return found.seconds


def _check_lines(path: Path, form: Form) -> None:
    """Raise TranscodeError unless the file consists of lines with checksums, or of tags."""
    with path.open("rb") as file:
        lines = iter(lambda: file.readline(_LONGEST_LINE), b"")
        texts = (line.decode("ascii", "replace").rstrip() for line in lines)
        if form is Form.TAGS:
            if next(texts, "") != ";FFMETADATA1":
                raise truncated("The result does not begin as a file of tags does.")
            return
        count = sum(_is_sum(text) for text in texts if text and not text.startswith("#"))
    if not count:
        raise truncated("The result has no checksum.", "See the log for what FFmpeg read.")


def _is_sum(line: str) -> bool:
    if not _DIGEST_LINE.fullmatch(line):
        raise truncated(f"The result has a line that is no checksum: {line[:80]!r}.")
    return True


def _streams(evidence: Evidence, form: Form, seconds: float | None) -> Iterator[Stream]:
    """Yield what the log tells of the streams of the result; `seconds` are those of a picture."""
    for index, written in evidence.written.items():
        stream = evidence.announced.get((0, index))
        if stream is not None:
            yield (
                _video(index, stream, seconds or _seconds(written, stream, form))
                if stream.kind == "video"
                else _audio(index, written, stream)
            )


def _seconds(written: WrittenStream, stream: OutputStream, form: Form) -> float | None:
    """Return the length by the number of pictures; those of checksums may be of any length."""
    return written.packets / stream.fps if form in _EXACT and stream.fps else None


def _video(index: int, stream: OutputStream, seconds: float | None) -> Stream:
    return Stream(
        index,
        "video",
        stream.codec,
        stream.width,
        stream.height,
        stream.fps,
        stream.pix_fmt,
        duration=seconds,
    )


def _audio(index: int, written: WrittenStream, stream: OutputStream) -> Stream:
    width = _WIDTHS.get(stream.codec)
    channels = seconds = None
    if width and stream.sample_rate and stream.kbits:
        channels = max(1, round(stream.kbits * 1000 / (stream.sample_rate * width * 8)))
        seconds = (written.bytes or 0) / (stream.sample_rate * width * channels)
    return Stream(
        index,
        "audio",
        stream.codec,
        sample_rate=stream.sample_rate,
        channels=channels,
        duration=seconds,
    )
