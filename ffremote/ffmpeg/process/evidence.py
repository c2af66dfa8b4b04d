"""What a run of FFmpeg itself proves about how its input was read, from the lines that it writes.

FFmpeg writes them at the level `verbose` when it ends: packets, frames and errors of every stream,
and the bytes that it read. The wordings are those of 5.1 to 9. A line counts only by the level that
FFmpeg put at its start: the text of a title is never taken for one of FFmpeg's own lines.
"""

import re
from dataclasses import dataclass, field

_LEVEL = re.compile(
    r"(?P<context>(?:\[[^\]]*\] )*?)"
    r"\[(?P<level>panic|fatal|error|warning|info|verbose|debug)\] (?P<text>.*)",
    re.DOTALL,
)
_READ = re.compile(
    r"  Input stream #0:(\d+) \((\w+)\): (\d+) packets read \(\d+ bytes\);"
    r"(?: (\d+) frames decoded)?(?:; (\d+) decode errors)?"
)
_WRITTEN = re.compile(
    r"  Output stream #0:(\d+) \((\w+)\): (?:(\d+) frames encoded[^;]*; )?(\d+) packets muxed"
)
_BYTES_READ = re.compile(r"Statistics: (\d+) bytes read, (\d+) seeks")
_NOT_DECODED = re.compile(r"Error while decoding stream #0:(\d+)")  # before 6.1
_STOPPED = re.compile(r"Error during demuxing|(?:file:)?input: ")
_CUT_OFF = re.compile(
    r"partial file|File ended prematurely|[Tt]runcat|[Uu]nexpected (?:EOF|end of file)|"
    r"[Pp]remature end|end of file reached"
)
_CORRUPT_PACKET = re.compile(r"Packet corrupt \(stream = \d+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of FFmpeg's: what spoke, as `[mov,mp4,…]`, its level and its words."""

    context: str
    level: str
    text: str

    @property
    def is_error(self) -> bool:
        """Whether FFmpeg itself calls it an error."""
        return self.level in ("error", "fatal", "panic")


def read_line(line: str) -> Line | None:
    """Take a line apart; None when it has no level, so that it is not FFmpeg's own."""
    match = _LEVEL.match(line)
    return Line(match["context"].strip(), match["level"], match["text"]) if match else None


@dataclass(slots=True)
class ReadStream:
    """What FFmpeg read of one stream; `frames` is None where it decoded none."""

    kind: str
    packets: int
    frames: int | None = None
    errors: int = 0

    @property
    def lost_share(self) -> float:
        """The share of its packets that could not be decoded, 0 to 1."""
        return min(1.0, self.errors / self.packets) if self.packets else 0.0


@dataclass(frozen=True, slots=True)
class WrittenStream:
    """What FFmpeg wrote of one stream."""

    kind: str
    packets: int
    frames: int | None = None


@dataclass(slots=True)
class Evidence:
    """What one run proves. Streams have the numbers of the input, or of the result."""

    read: dict[int, ReadStream] = field(default_factory=dict)
    written: dict[int, WrittenStream] = field(default_factory=dict)
    bytes_read: int | None = None
    seeks: int = 0
    reached_end: bool | None = None
    """Whether the input was read to its end; None where this FFmpeg does not say so."""
    cut_off: str | None = None
    """The first words that say that the input ends in the middle of something."""
    stopped: str | None = None
    """The words with which FFmpeg gave up reading."""
    reader_error: str | None = None
    """The first error of the demuxer."""
    guesses_length: bool = False
    """FFmpeg guesses the input's length from its bit rate."""
    corrupt_packet: str | None = None
    """The last words about an incomplete packet."""
    corrupt_frame: str | None = None
    """The first words about a picture that was decoded from damaged data."""

    @property
    def damage(self) -> str | None:
        """Words about damaged data, which many inputs hold without lacking anything."""
        return self.corrupt_packet or self.corrupt_frame

    def share_read(self, size: int | None) -> float | None:
        """The share of the input's bytes that were read, 0 to 1; None when it is not known."""
        if self.bytes_read is None or not size:
            return None
        return min(1.0, self.bytes_read / size)


class Witness:
    """Takes FFmpeg's lines one by one and keeps what they prove."""

    def __init__(self, demuxer: str = "") -> None:
        # FLAC's demuxer and decoder have one name, and that is well: of the last half frame of a
        # file that was cut off only the decoder complains
        self._readers = (f"[{demuxer}]", "[in#0/")
        self._not_decoded: dict[int, int] = {}
        self.evidence = Evidence()

    def take(self, line: Line) -> None:
        """Take a line."""
        if line.level == "verbose":
            self._take_figures(line)
        elif line.is_error or line.level == "warning":
            self._take_complaint(line)

    def _take_figures(self, line: Line) -> None:
        found = self.evidence
        if line.text.startswith("EOF while reading input"):
            found.reached_end = True
        elif "[in#0/" in line.context and found.reached_end is None:
            found.reached_end = False  # this FFmpeg says so when it gets there
        if match := _READ.match(line.text):
            index, kind, packets, frames, errors = match.groups()
            counted = self._not_decoded.get(int(index), 0)
            found.read[int(index)] = ReadStream(
                kind, int(packets), None if frames is None else int(frames), int(errors or counted)
            )
        elif match := _WRITTEN.match(line.text):
            index, kind, frames, packets = match.groups()
            found.written[int(index)] = WrittenStream(
                kind, int(packets), None if frames is None else int(frames)
            )
        elif match := _BYTES_READ.match(line.text):
            found.bytes_read, found.seeks = int(match[1]), int(match[2])

    def _take_complaint(self, line: Line) -> None:
        found = self.evidence
        if match := _NOT_DECODED.match(line.text):
            index = int(match[1])
            self._not_decoded[index] = self._not_decoded.get(index, 0) + 1
        elif _CORRUPT_PACKET.match(line.text):
            found.corrupt_packet = line.text
        elif "corrupt decoded frame" in line.text:
            found.corrupt_frame = found.corrupt_frame or line.text
        elif _STOPPED.match(line.text) and line.is_error:
            found.stopped = found.stopped or line.text
        elif line.context.startswith(self._readers) and "[dec:" not in line.context:
            self._take_readers_words(line)

    def _take_readers_words(self, line: Line) -> None:
        found = self.evidence
        found.guesses_length |= line.text.startswith("Estimating duration from bitrate")
        if _CUT_OFF.search(line.text):
            found.cut_off = found.cut_off or line.text
        if line.is_error:
            found.reader_error = found.reader_error or line.text
