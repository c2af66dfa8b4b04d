"""FFmpeg's messages, in the wordings of 5.1 to 9, become a reason and a hint."""

import pytest

from ffremote.ffmpeg.process.diagnosis import explain
from ffremote.ffmpeg.process.process import ExitStatus
from ffremote.ffmpeg.process.stderr import Messages


def messages_of(*lines: str) -> Messages:
    messages = Messages()
    for line in lines:
        messages.add(line.encode())
    return messages


@pytest.mark.parametrize(
    ("code", "line", "reason"),
    [
        (1, "[libx264 @ 0x55d0] [error] width not divisible by 2 (321x180)", "bad_filter"),
        (187, "[libx264] [error] height not divisible by 2 (320x181)", "bad_filter"),
        (1, "[error] moov atom not found", "corrupt_input"),
        (183, "[mov,mp4 @ 0x5] [error] moov atom not found", "corrupt_input"),
        (183, "[error] file:input: Invalid data found when processing input", "corrupt_input"),
        (1, "[fatal] Unknown encoder 'libx266'", "encoder_unavailable"),
        (
            234,
            (
                "[mp4 @ 0x5] [error] Could not find tag for codec vorbis in stream #1,"
                " codec not currently supported in container"
            ),
            "incompatible_container",
        ),
        (
            234,
            (
                "[webm] [error] Only VP8 or VP9 or AV1 video and Vorbis or Opus audio and WebVTT"
                " subtitles are supported for WebM."
            ),
            "incompatible_container",
        ),
        (1, "[error] Subtitle encoding currently only possible from text to text", "incompatible_"),
        (1, "[fatal] Stream map '0:a:3' matches no streams.", "no_such_stream"),
        (234, "[error] Output file does not contain any stream", "no_such_stream"),
        (8, "[AVFilterGraph @ 0x5] [error] No such filter: 'subtitles'", "bad_filter"),
        (234, "[error] Error reinitializing filters!", "bad_filter"),
        (1, "[error] Failed to inject frame into filter network: Invalid argument", "bad_filter"),
        (1, "[error] av_interleaved_write_frame(): No space left on device", "disk_full"),
        (228, "[out#0/mp4] [error] Error writing trailer: No space left on device", "disk_full"),
        (244, "[error] Error opening input: Cannot allocate memory", "resource_limit"),
        (
            1,
            "[png @ 0x5] [error] Picture size 16000x16000 exceeds specified max pixel count",
            "reso",
        ),
        (1, "[h264 @ 0x5] [error] Decoder (codec magicyuv) not found for input stream", "unsupp"),
        (1, "[error] Codec (magicyuv) not on whitelist 'h264,aac'", "unsupported_input"),
        (218, "[AVFilterGraph] [error] Error initializing filters", "bad_filter"),
        (69, "[error] Decode error rate 0.9 exceeds maximum 0.66", "corrupt_input"),
        (8, "[error] Something entirely new", "encoder_unavailable"),
        (1, "[error] Something entirely new", "unknown"),
    ],
)
def test_a_line_of_ffmpeg_becomes_a_reason(code: int, line: str, reason: str) -> None:
    failure = explain(
        ExitStatus(code, None), messages_of(line, "[error] Conversion failed!"), attempt="try1"
    )

    assert failure.reason.value.startswith(reason)
    assert failure.exit_code == code
    assert failure.message and failure.hint


@pytest.mark.parametrize(
    ("signal", "reason"),
    [(9, "killed"), (25, "resource_limit"), (11, "unknown"), (24, "resource_limit")],
)
def test_a_signal_becomes_a_reason_whatever_the_messages(signal: int, reason: str) -> None:
    failure = explain(
        ExitStatus(None, signal), messages_of("[error] moov atom not found"), attempt="try1"
    )

    assert (failure.reason, failure.signal, failure.exit_code) == (reason, signal, None)


def test_a_codec_that_does_not_fit_gets_the_containers_that_fit() -> None:
    line = "[mp4] [error] Could not find tag for codec pcm_s16le in stream #1, codec not currently"

    failure = explain(
        ExitStatus(1, None), messages_of(f"{line} supported in container"), attempt="try1"
    )

    assert failure.message == "The container cannot hold the codec pcm_s16le."
    assert "mkv" in failure.hint and "mov" in failure.hint


def test_the_first_error_counts_and_paths_are_removed() -> None:
    messages = messages_of(
        "[info] Input #0, mov, from 'file:input':",
        "[error] file:input: Invalid data found when processing input",
        "[error] Error opening output file file:try1/out.mp4.",
    )

    failure = explain(ExitStatus(183, None), messages, attempt="try1")

    assert failure.reason == "corrupt_input"
    assert failure.stderr_tail == (
        "[error] <input>: Invalid data found when processing input",
        "[error] Error opening output file <output>.",
    )
