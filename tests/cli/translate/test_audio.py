"""Ordinary ffmpeg command lines: audio is extracted, converted and filtered."""

import pytest

from ffremote import ffmpeg
from tests.support.ffmpeg_lines import Row, check_command, check_job, check_refusal

LINES: list[Row] = [
    ("-i in.mp4 -vn -c:a copy out.m4a", {"audio": {"codec": "copy"}, "video": False}),
    ("-i in.mp4 -vn out.mp3", {"video": False}),
    (
        "-i in.mp4 -vn -acodec libmp3lame -ab 320k out.mp3",
        {"audio": {"codec": "libmp3lame", "bitrate": "320k"}, "video": False},
    ),
    (
        "-i in.mp4 -vn -c:a libmp3lame -q:a 2 out.mp3",
        {"audio": {"codec": "libmp3lame", "quality": 2}, "video": False},
    ),
    (
        "-i in.mp4 -vn -c:a libopus -b:a 64k -ac 1 out.opus",
        {"audio": {"codec": "libopus", "bitrate": "64k", "channels": 1}, "video": False},
    ),
    (
        "-i in.mp4 -vn -acodec pcm_s16le -ar 16000 -ac 1 out.wav",
        {"audio": {"codec": "pcm_s16le", "sample_rate": 16000, "channels": 1}, "video": False},
    ),
    ("-i in.mp4 -q:a 0 -map a out.mp3", {"audio": {"quality": 0}, "streams": ["0:a"]}),
    (
        "-i in.mp4 -map 0:a -c copy out.mka",
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}, "streams": ["0:a"]},
    ),
    ("-i in.wav out.flac", {}),
    (
        "-i in.wav -c:a flac -compression_level 12 out.flac",
        {"audio": {"codec": "flac"}, "extra_args": ["-compression_level", "12"]},
    ),
    (
        "-i in.wav -c:a aac -b:a 256k -ar 48k out.m4a",
        {"audio": {"codec": "aac", "bitrate": "256k", "sample_rate": 48000}},
    ),
    (
        "-i in.mp4 -af loudnorm=I=-16:TP=-1.5:LRA=11 -c:v copy out.mp4",
        {"video": {"codec": "copy"}, "audio": {"filters": ["loudnorm=I=-16:TP=-1.5:LRA=11"]}},
    ),
    (
        '-i in.mp4 -af "volume=10dB" -c:v copy out.mp4',
        {"video": {"codec": "copy"}, "audio": {"filters": ["volume=10dB"]}},
    ),
    (
        '-i in.mp4 -filter:a "atempo=1.5" -vn out.mp3',
        {"audio": {"filters": ["atempo=1.5"]}, "video": False},
    ),
    (
        '-i in.mp4 -af "highpass=f=200,lowpass=f=3000" -c:v copy out.mp4',
        {"video": {"codec": "copy"}, "audio": {"filters": ["highpass=f=200,lowpass=f=3000"]}},
    ),
    (
        '-i in.mp4 -af "afade=t=out:st=25:d=5" out.mp3',
        {"audio": {"filters": ["afade=t=out:st=25:d=5"]}},
    ),
    ('-i in.mp4 -af "pan=mono|c0=c0" out.wav', {"audio": {"filters": ["pan=mono|c0=c0"]}}),
    (
        "-i in.mp4 -af silenceremove=1:0:-50dB out.wav",
        {"audio": {"filters": ["silenceremove=1:0:-50dB"]}},
    ),
    ("-i in.mp4 -an -c:v copy out.mp4", {"video": {"codec": "copy"}, "audio": False}),
    (
        "-i in.mp4 -c:v copy -af aresample=async=1 out.mp4",
        {"video": {"codec": "copy"}, "audio": {"filters": ["aresample=async=1"]}},
    ),
    (
        "-i in.mp4 -c:v copy -c:a ac3 -b:a 640k -ac 6 out.mkv",
        {"video": {"codec": "copy"}, "audio": {"codec": "ac3", "bitrate": "640k", "channels": 6}},
    ),
    ("-i in.mp4 -vol 512 out.mp3", {"audio": {"filters": ["volume=2"]}}),
]

REFUSED: list[tuple[str, str]] = [
    (
        "-i in.mp4 -af volumedetect /dev/null",
        "null: unknown container: add -f, such as -f mp4, or an extension to the name",
    ),
]


@pytest.mark.parametrize(("line", "job"), LINES)
def test_the_command_line_is_translated_to_this_job(line: str, job: dict[str, object]) -> None:
    check_job(line, job)


@pytest.mark.parametrize("line", [line for line, _ in LINES])
def test_the_server_accepts_the_job_and_plans_the_typed_options(
    line: str, capabilities: ffmpeg.Capabilities
) -> None:
    check_command(line, capabilities)


@pytest.mark.parametrize(("line", "message"), REFUSED)
def test_an_unsupported_option_is_refused_by_name(line: str, message: str) -> None:
    check_refusal(line, message)
