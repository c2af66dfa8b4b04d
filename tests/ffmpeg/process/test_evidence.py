"""Evidence of a run: FFmpeg's figures and messages are parsed, and judged."""

import os
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg.model.expected import Expected
from ffremote.ffmpeg.model.failure import TranscodeError
from ffremote.ffmpeg.model.limits import Limits
from ffremote.ffmpeg.probing.declared_duration import DeclaredDuration, read_declared
from ffremote.ffmpeg.process.evidence import (
    Evidence,
    EvidenceCollector,
    ReadStream,
    WrittenStream,
    parse_line,
)
from ffremote.ffmpeg.process.output_streams import OutputStream
from ffremote.ffmpeg.process.read_position import read_position
from ffremote.ffmpeg.running.completeness import check_complete
from ffremote.ffmpeg.running.refusals import refuse_empty, refuse_over_limit

OF_5 = """\
[matroska,webm] [error] File ended prematurely
[error] Error while decoding stream #0:1: Invalid data found when processing input
[verbose] No more output streams to write to, finishing.
[verbose] Input file #0 (file:input):
[verbose]   Input stream #0:0 (video): 166 packets read (251615 bytes); 166 frames decoded; 
[verbose]   Input stream #0:1 (audio): 284 packets read (57048 bytes); 282 frames decoded (9 samples); 
[verbose] Output file #0 (file:try1/out.mp4):
[verbose]   Output stream #0:0 (video): 167 frames encoded; 167 packets muxed (228540 bytes); 
[verbose]   Output stream #0:1 (audio): 282 frames encoded (9 samples); 283 packets muxed (9 bytes); 
[AVIOContext] [verbose] Statistics: 293874 bytes written, 2 seeks, 5 writeouts
[AVIOContext] [verbose] Statistics: 313565 bytes read, 0 seeks
"""  # noqa: E501, W291 - as FFmpeg 5.1.9 writes it
OF_9 = """\
[in#0/matroska,webm] [verbose] Starting thread...
[in#0/matroska,webm] [error] File ended prematurely
[in#0/matroska,webm] [verbose] EOF while reading input
[aist#0:1/aac] [dec:aac] [error] Error submitting packet to decoder: Invalid data found
[out#0/mp4] [verbose]   Output stream #0:0 (video): 167 frames encoded; 167 packets muxed (228540 bytes); 
[out#0/mp4] [verbose]   Output stream #0:1 (audio): 282 frames encoded (9 samples); 283 packets muxed (9 bytes); 
[in#0/matroska,webm] [verbose]   Input stream #0:0 (video): 166 packets read (2 bytes); 166 frames decoded; 0 decode errors; 
[in#0/matroska,webm] [verbose]   Input stream #0:1 (audio): 284 packets read (5 bytes); 282 frames decoded; 1 decode errors (9 samples); 
[AVIOContext] [verbose] Statistics: 313565 bytes read, 0 seeks
"""  # noqa: E501, W291 - as FFmpeg 9.0.2 writes it


RGB = (
    "[info]   Stream #0:0(und): Video: rawvideo, 1 reference frame (RGB[24] / 0x18424752),"
    " rgb24(pc, gbr/unknown/unknown, progressive, left), 640x360 (0x0) [SAR 1:1 DAR 16:9],"
    " q=2-31, 138240 kb/s, 25 fps, 25 tbn (default)"
)


def evidence_of(text: str, demuxer: str = "matroska,webm") -> Evidence:
    witness = EvidenceCollector([demuxer])
    for line in map(parse_line, text.splitlines()):
        if line is not None:
            witness.add(line)
    return witness.evidence


@pytest.mark.parametrize(("text", "reached_end"), [(OF_5, None), (OF_9, True)])
def test_the_figures_of_each_ffmpeg_version_are_parsed(text: str, reached_end: bool | None) -> None:
    assert evidence_of(text) == Evidence(
        read={(0, 0): ReadStream("video", 166, 166, 0), (0, 1): ReadStream("audio", 284, 282, 1)},
        written={
            0: WrittenStream("video", 167, 167, 228540),
            1: WrittenStream("audio", 283, 282, 9),
        },
        bytes_read=313565,
        reached_end=reached_end,
        cut_off="File ended prematurely",
        reader_error="File ended prematurely",
    )


@pytest.mark.parametrize(
    "line",
    [
        "[info]     title        : [verbose]   Input stream #0:0 (video): 9 packets read (1 bytes)",
        "    [verbose]   Input stream #0:0 (video): 9 packets read (1 bytes); ",
        "[info]     comment         : [in#0/mp4] [error] File ended prematurely",
        "[info]     comment         : [error] Error during demuxing: partial file",
    ],
)
def test_a_title_that_looks_like_ffmpegs_figures_is_ignored(line: str) -> None:
    assert evidence_of(line) == Evidence()


def source(seconds: float) -> ffmpeg.MediaInfo:
    stream = ffmpeg.Stream(0, "video", "h264", duration=seconds)
    return ffmpeg.MediaInfo("mov,mp4", seconds, (stream,))


def expected(seconds: float = 60.0, **more: object) -> Expected:
    fields = {"lengths": (seconds,), "origins": ((0, 0),), "input_bytes": 1000, **more}
    return Expected(seconds, ("video",), **fields)  # type: ignore[arg-type]


def complete() -> Evidence:
    return Evidence(bytes_read=1000, read={(0, 0): ReadStream("video", 100, 100)})


def error_message(wanted: Expected, seconds: float, evidence: Evidence) -> str:
    with pytest.raises(TranscodeError) as caught:
        check_complete(wanted, source(seconds), evidence)
    assert caught.value.failure.reason == "output_truncated"
    return caught.value.failure.message


def test_a_result_as_long_as_claimed_has_no_warning() -> None:
    assert check_complete(expected(), source(59.8), complete()) == ()


def test_a_wrong_claim_alone_is_a_warning() -> None:
    (warning,) = check_complete(expected(), source(6.0), complete())

    assert warning.startswith("The video of the result is 6.0 s long; the input claims 60.0 s.")


def test_an_encoder_that_died_is_detected_by_the_unread_part_of_the_input() -> None:
    new = error_message(expected(), 20.0, Evidence(bytes_read=330, reached_end=False))
    old = error_message(expected(), 20.0, Evidence(bytes_read=330))

    words = "is 20.0 s long instead of 60.0 s: FFmpeg stopped before the end of the input; 33%"
    assert words in new
    assert words in old


def test_a_result_of_unknown_length_is_refused_where_reading_stopped_halfway() -> None:
    unknown = Expected(None, ("video",), lengths=(None,), origins=((0, 0),), input_bytes=1000)

    message = error_message(
        unknown, 20.0, Evidence(bytes_read=600, stopped="Error during demuxing: I/O")
    )

    assert message == (
        "FFmpeg stopped after it had read 60% of the input (“Error during demuxing: I/O”)."
    )


def test_a_job_that_takes_only_a_part_may_leave_the_rest_unread() -> None:
    part = expected(20.0, reads_to_end=False)

    assert check_complete(part, source(20.0), Evidence(bytes_read=330, reached_end=False)) == ()


def test_lost_packets_explain_a_missing_part() -> None:
    lost = Evidence(bytes_read=1000, read={(0, 0): ReadStream("video", 100, 50, errors=50)})

    assert "50 of 100 packets of its video could not be decoded" in error_message(
        expected(), 30.0, lost
    )


def test_a_few_lost_packets_explain_no_false_claim() -> None:
    lost = Evidence(bytes_read=1000, read={(0, 0): ReadStream("video", 100, 98, errors=2)})

    claimed, damaged = check_complete(expected(5400.0), source(6.0), lost)

    assert "the input claims 5400.0 s" in claimed
    assert damaged.startswith("2 of 100 packets of the input's stream 0 (video)")


def test_no_output_is_an_empty_result_wherever_the_job_starts() -> None:
    nothing = Evidence(written={0: WrittenStream("video", 0, 0)})

    for start, words in ((0.0, "the chosen part"), (100.0, "after input.start (100 s)")):
        with pytest.raises(TranscodeError) as caught:
            refuse_empty(expected(start=start), nothing)
        assert words in caught.value.failure.message


def test_a_result_past_the_limit_is_refused_and_one_at_the_limit_is_not() -> None:
    limits = Limits(max_seconds=60)
    refuse_over_limit(60.5, limits)

    with pytest.raises(TranscodeError) as caught:
        refuse_over_limit(70.0, limits)

    assert caught.value.failure.reason == "resource_limit"


def test_the_read_position_of_a_process_is_visible_from_outside(tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(bytes(1000))
    other = tmp_path / "linked"
    other.hardlink_to(path)

    with other.open("rb", buffering=0) as file:
        file.read(600)
        before = read_position(os.getpid(), path)
        file.seek(0)
        file.read(500)
        after = read_position(os.getpid(), path)

    if Path("/proc/self/fd").exists():
        assert before is not None and after is not None
        assert (before.offset, after.offset) == (600, 500)
        assert (after.read_bytes or 0) - (before.read_bytes or 0) >= 500
    else:
        assert (before, after) == (None, None)
    assert read_position(os.getpid(), path) is None


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (b"", DeclaredDuration()),
        (b"RIFF\0\0\0\0WAVE", DeclaredDuration()),
        (b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0\0\0data\x10\0\0\0", DeclaredDuration()),
        (b"RIFF\0\0\0\0AVI avih", DeclaredDuration()),
        (b"OggS", DeclaredDuration(breaks_off=True)),
        (b"OggS\0\x04" + bytes(20) + b"\x01\x05" + b"12345", DeclaredDuration()),
        (b"OggS\0\x04" + bytes(20) + b"\x01\x05" + b"1234", DeclaredDuration(breaks_off=True)),
        (b"OggS\0\x00" + bytes(20) + b"\x01\x05" + b"12345", DeclaredDuration(breaks_off=True)),
    ],
)
def test_malformed_headers_declare_nothing(
    tmp_path: Path, content: bytes, declared: DeclaredDuration
) -> None:
    path = tmp_path / "input"
    path.write_bytes(content)

    assert read_declared(path) == declared


@pytest.mark.parametrize(
    ("line", "stream"),
    [
        (
            RGB,
            OutputStream("video", "rawvideo", 640, 360, "rgb24", 25.0, None, 138240),
        ),
        (
            "[info]   Stream #0:1: Audio: pcm_s16le, 16000 Hz, mono, s16, 256 kb/s (default)",
            OutputStream("audio", "pcm_s16le", sample_rate=16000, kbits=256),
        ),
    ],
)
def test_the_streams_of_an_output_are_read_from_its_lines(line: str, stream: OutputStream) -> None:
    text = "[info] Input #0, mov, from 'file:input':"
    before = evidence_of(f"{text}\n{line}").announced
    after = evidence_of(f"{text}\n{line}\n[info] Output #0, s16le, to 'file:a':\n{line}").announced

    assert (before, list(after.values())) == ({}, [stream])
