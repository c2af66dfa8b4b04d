"""Collects, from FFmpeg's log lines, evidence of how completely an input was read.

When FFmpeg ends it logs, at the level `verbose`, the packets, frames and errors of every stream and
the bytes read. The patterns match FFmpeg 5.1 to 9. A line counts only if it starts with a level,
which FFmpeg adds itself: the text of a title is never taken for a log line.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..model.media_info import Origin
from .output_streams import OutputStream, OutputStreams

_LEVEL = re.compile(
    r"(?P<context>(?:\[[^\]]*\] )*?)"
    r"\[(?P<level>panic|fatal|error|warning|info|verbose|debug)\] (?P<text>.*)",
    re.DOTALL,
)
_READ = re.compile(
    r"  Input stream #(\d+):(\d+) \((\w+)\): (\d+) packets read \(\d+ bytes\);"
    r"(?: (\d+) frames decoded)?(?:; (\d+) decode errors)?"
)
_WRITTEN = re.compile(
    r"  Output stream #(\d+):(\d+) \((\w+)\): (?:(\d+) frames encoded[^;]*; )?(\d+) packets muxed"
    r"(?: \((\d+) bytes\))?"
)
_BYTES_READ = re.compile(r"Statistics: (\d+) bytes read, (\d+) seeks")
_NOT_DECODED = re.compile(r"Error while decoding stream #(\d+):(\d+)")  # before 6.1
_STOPPED = re.compile(r"Error during demuxing|(?:file:)?(?:inputs/\d+/)?input: ")
_CUT_OFF = re.compile(
    r"partial file|File ended prematurely|[Tt]runcat|[Uu]nexpected (?:EOF|end of file)|"
    r"[Pp]remature end|end of file reached"
)
_SPRITES = re.compile(r"\[fps@sprites([0-9])\]")
_FRAMES_OUT = re.compile(r"[0-9]+ frames in, ([0-9]{1,9}) frames out;")
_CORRUPT_PACKET = re.compile(r"Packet corrupt \(stream = \d+")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log line of FFmpeg: its context, such as `[mov,mp4,…]`, its level and its text."""

    context: str
    level: str
    text: str

    @property
    def is_error(self) -> bool:
        """Whether FFmpeg logged it as an error."""
        return self.level in ("error", "fatal", "panic")

    @property
    def is_markable(self) -> bool:
        """Whether FFmpeg marks such a message where it is asked to."""
        return bool(self.context) or self.level != "info"


def parse_line(line: str) -> LogLine | None:
    """Parse a log line; return None for text without a level, which FFmpeg did not log."""
    match = _LEVEL.match(line)
    return LogLine(match["context"].strip(), match["level"], match["text"]) if match else None


@dataclass(slots=True)
class ReadStream:
    """What FFmpeg read of one stream; `frames` is None if it was not decoded."""

    kind: str
    packets: int
    frames: int | None = None
    errors: int = 0

    @property
    def lost_share(self) -> float:
        """The share of the packets that could not be decoded, 0 to 1."""
        return min(1.0, self.errors / self.packets) if self.packets else 0.0


@dataclass(frozen=True, slots=True)
class WrittenStream:
    """What FFmpeg wrote of one stream."""

    kind: str
    packets: int
    frames: int | None = None
    bytes: int | None = None


@dataclass(slots=True)
class Evidence:
    """What one run proves. `read` is by input and index, `written` by the index in one output."""

    read: dict[Origin, ReadStream] = field(default_factory=dict)
    written: dict[int, WrittenStream] = field(default_factory=dict)
    others: dict[int, dict[int, WrittenStream]] = field(default_factory=dict)
    """What was written of the outputs after the first, by their number in the run."""
    announced: dict[Origin, OutputStream] = field(default_factory=dict)
    """What the streams of the outputs are, by the number of the output and the index in it."""
    pictures: dict[int, int] = field(default_factory=dict)
    """How many pictures of sprites were picked, by the output's number in the job."""
    bytes_read: int | None = None
    seeks: int = 0
    reached_end: bool | None = None
    """Whether the input was read to its end; None if this version of FFmpeg does not log it."""
    cut_off: str | None = None
    """The first line that reports a truncated input."""
    stopped: str | None = None
    """The line with which FFmpeg gave up reading."""
    reader_error: str | None = None
    """The first error of the demuxer."""
    guesses_length: bool = False
    """FFmpeg estimates the input's duration from its bit rate."""
    corrupt_packet: str | None = None
    """The last line about an incomplete packet."""
    corrupt_frame: str | None = None
    """The first line about a frame that was decoded from damaged data."""

    @property
    def damage(self) -> str | None:
        """A line about damaged data; many complete inputs cause one, too."""
        return self.corrupt_packet or self.corrupt_frame

    def of_output(self, number: int) -> "Evidence":
        """Return what the run proves of the output `number` of the run, from 0."""
        if number == 0:
            return self
        written = self.others.get(number, {})
        announced = {(0, n): each for (of, n), each in self.announced.items() if of == number}
        return replace(self, written=written, announced=announced)

    def share_read(self, size: int | None) -> float | None:
        """Return the share of the input's `size` bytes that were read, 0 to 1; None if unknown."""
        if self.bytes_read is None or not size:
            return None
        return min(1.0, self.bytes_read / size)


class EvidenceCollector:
    """Collects evidence from FFmpeg's log, line by line."""

    def __init__(self, demuxers: Iterable[str] = ()) -> None:
        # FLAC's demuxer and decoder share a name, which helps here: only the decoder reports the
        # last, incomplete frame of a truncated file
        self._demuxer_contexts = (*(f"[{demuxer}]" for demuxer in demuxers), "[in#")
        self._not_decoded: dict[Origin, int] = {}
        self.evidence = Evidence()
        self._outputs = OutputStreams()

    def add(self, line: LogLine) -> None:
        """Add one line."""
        if line.level == "info":
            self._outputs.add(line.text)
            self.evidence.announced = self._outputs.found
        elif line.level == "verbose":
            self._add_statistics(line)
        elif line.is_error or line.level == "warning":
            self._add_error(line)

    def _add_statistics(self, line: LogLine) -> None:
        evidence = self.evidence
        if line.text.startswith("EOF while reading input"):
            evidence.reached_end = True
        elif "[in#" in line.context and evidence.reached_end is None:
            evidence.reached_end = False  # this version logs a line when it reaches the end
        if sprites := _SPRITES.match(line.context):
            self._add_pictures(int(sprites[1]), line.text)
        elif match := _READ.match(line.text):
            file, index, kind, packets, frames, errors = match.groups()
            origin = int(file), int(index)
            counted = self._not_decoded.get(origin, 0)
            evidence.read[origin] = ReadStream(
                kind, int(packets), None if frames is None else int(frames), int(errors or counted)
            )
        elif match := _WRITTEN.match(line.text):
            file, index, kind, frames, packets, size = match.groups()
            streams = evidence.others.setdefault(int(file), {}) if int(file) else evidence.written
            streams[int(index)] = WrittenStream(
                kind,
                int(packets),
                None if frames is None else int(frames),
                None if size is None else int(size),
            )
        elif match := _BYTES_READ.match(line.text):
            evidence.bytes_read, evidence.seeks = int(match[1]), int(match[2])

    def _add_pictures(self, output: int, text: str) -> None:
        if match := _FRAMES_OUT.match(text):
            pictures = self.evidence.pictures
            pictures[output] = pictures.get(output, 0) + int(match[1])

    def _add_error(self, line: LogLine) -> None:
        evidence = self.evidence
        if match := _NOT_DECODED.match(line.text):
            origin = int(match[1]), int(match[2])
            self._not_decoded[origin] = self._not_decoded.get(origin, 0) + 1
        elif _CORRUPT_PACKET.match(line.text):
            evidence.corrupt_packet = line.text
        elif "corrupt decoded frame" in line.text:
            evidence.corrupt_frame = evidence.corrupt_frame or line.text
        elif _STOPPED.match(line.text) and line.is_error:
            evidence.stopped = evidence.stopped or line.text
        elif line.context.startswith(self._demuxer_contexts) and "[dec:" not in line.context:
            self._add_demuxer_line(line)

    def _add_demuxer_line(self, line: LogLine) -> None:
        evidence = self.evidence
        evidence.guesses_length |= line.text.startswith("Estimating duration from bitrate")
        if _CUT_OFF.search(line.text):
            evidence.cut_off = evidence.cut_off or line.text
        if line.is_error:
            evidence.reader_error = evidence.reader_error or line.text
