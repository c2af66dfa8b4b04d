"""Options before -i that say what the bytes of the input are, and how they are decoded."""

# ruff: noqa: E501 - the lines are what people type

from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote_cli.translate.sections import raw_formats
from tests.support.ffmpeg_lines import check_refusal, job_of, remarks_on

LINES: list[tuple[str, dict[str, Any]]] = [
    ("-f s16le -ar 44100 -ac 2 -i x.raw", {"format": "s16le", "sample_rate": 44100, "channels": 2}),
    ("-f f32le -sample_rate 16000 -channels 1 -i x.raw", {"format": "f32le", "sample_rate": 16000, "channels": 1}),
    ("-f s16le -ch_layout stereo -i x.raw", {"format": "s16le", "channels": 2}),
    ("-f s16le -channel_layout 5.1 -i -", {"format": "s16le", "channels": 6}),
    ("-f s24be -ch_layout 12c -i x.raw", {"format": "s24be", "channels": 12}),
    ("-f s16le -acodec pcm_s16le -ac 1 -i pipe:0", {"format": "s16le", "channels": 1}),
    ("-f mulaw -ar 8000 -i call.ul", {"format": "mulaw", "sample_rate": 8000}),
    ("-f rawvideo -s 640x360 -pix_fmt yuv420p -r 25 -i x.yuv", {"format": "rawvideo", "size": "640x360", "pix_fmt": "yuv420p", "fps": "25"}),
    ("-f rawvideo -video_size hd720 -pixel_format rgb24 -framerate ntsc -i -", {"format": "rawvideo", "size": "1280x720", "pix_fmt": "rgb24", "fps": "30000/1001"}),
    ("-f rawvideo -vcodec rawvideo -s 8x8 -i -", {"format": "rawvideo", "size": "8x8"}),
    ("-f h264 -framerate 30 -i cam.bin", {"format": "h264", "fps": "30"}),
    ("-f mjpeg -i cam.mjpg", {"format": "mjpeg"}),
    ("-f mp3 -i song", {"format": "mp3"}),
    ("-c:v libvpx-vp9 -i a.webm", {"decoder": "libvpx-vp9"}),
    ("-vcodec h264 -c:a aac -i a.mp4", {"decoder": ["h264", "aac"]}),
    ("-sub_charenc cp1251 -i a.srt", {"charset": "cp1251"}),
    ("-noautorotate -i a.mp4", {"rotate": "keep"}),
    ("-itsscale 0.5 -i a.mp4", {"stretch": 0.5}),
    ("-skip_frame nokey -i a.mp4", {"skip_frames": "nokey"}),
    ("-noaccurate_seek -ss 2 -i a.mp4", {"start": 2, "seek": "keyframe"}),
    ("-flags2 +export_mvs -i a.mp4", {"motion_vectors": True}),
    ("-probesize 100M -analyzeduration 200M -i a.ts", {"probe": {"bytes": 100_000_000, "seconds": 200.0}}),
    ("-probesize 1G -i a.ts", {"probe": {"bytes": 134_217_728}}),
]  # fmt: skip
REFUSED = {
    "-ar 44100 -i a.mp3 out.wav": "-ar: before -i it describes raw data, and the input is not declared as such",
    "-f s16le -s 2x2 -i a.raw out.wav": "-s: before -i it describes raw data, and the input is not declared as such",
    "-f rawvideo -ac 2 -s 2x2 -i a.raw out.mp4": "-ac: before -i it describes raw data, and the input is not declared as such",
    "-f rawvideo -i a.yuv out.mp4": "-f rawvideo: it requires the size of the pictures: -s 640x360",
    "-f s16le -ar fast -i a.raw out.wav": "-ar fast: this option takes a number",
    "-f s16le -ch_layout octagonal -i a.raw out.wav": "-ch_layout octagonal: raw audio has one of the layouts mono, stereo, 2.1, 4.0, 5.0, 5.1, 6.1, 7.1, or a number of channels (-ac)",
    "-f s16be2 -i a.raw out.wav": "-f s16be2: the server neither detects this format nor takes it for raw data",
    "-itsscale:v 2 -i a.mp4 out.mp4": "-itsscale:v: one factor for all streams of the input is supported: -itsscale 2",
    "-itsscale x -i a.mp4 out.mp4": "-itsscale x: this option takes a number",
    "-itsscale 2 -i a.mp4 -t 5 out.mp4": "-itsscale: beside -ss, -t or -to after -i it is not supported: write them before -i",
}


@pytest.mark.parametrize(("line", "section"), LINES)
def test_a_declaration_is_a_key_of_the_input(line: str, section: dict[str, Any]) -> None:
    job = job_of(f"{line} out.mkv")

    assert job["input"] == section
    spec.build_job(job)


@pytest.mark.parametrize(("line", "reason"), REFUSED.items())
def test_a_declaration_that_no_job_has_is_refused(line: str, reason: str) -> None:
    check_refusal(line, reason)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("-f s16le -ar 16000 -ac 1 -i x.raw out.wav", "-sample_rate 16000 -ch_layout mono -f s16le -i file:input"),
        ("-f rawvideo -s 640x360 -pix_fmt rgb24 -r 25 -i x.yuv out.mp4", "-video_size 640x360 -pixel_format rgb24 -framerate 25 -f rawvideo -i file:input"),
        ("-c:v libvpx-vp9 -i a.webm out.mp4", "-c:0 libvpx-vp9 -f mov -i file:input"),
        (
            "-skip_frame noref -noaccurate_seek -flags2 export_mvs -i a.mp4 out.mp4",
            "-skip_frame noref -noaccurate_seek -flags2 +export_mvs -f mov -i file:input",
        ),
        ("-noautorotate -itsscale 2 -i a.mp4 out.mp4", "-itsscale 2 -noautorotate -f mov -i file:input"),
        ("-f h264 -r 30 -i a.264 out.mp4", "-r 30 -f h264 -i file:input"),
    ],
)  # fmt: skip
def test_the_server_reads_the_input_so(
    line: str, words: str, capabilities: ffmpeg.Capabilities
) -> None:
    job = spec.build_job(job_of(line))

    assert words in ffmpeg.dry_run(job, capabilities, ffmpeg.Limits()).command


def test_the_lists_of_formats_are_those_of_the_server() -> None:
    server = spec.raw_formats

    assert set(server.PCM_FORMATS) == raw_formats.PCM_FORMATS
    assert set(server.STREAM_FORMATS) == raw_formats.STREAM_FORMATS


def test_a_depth_above_the_bound_is_limited_with_a_remark() -> None:
    (remark,) = remarks_on("-probesize 1G -i in.mp4 out.mp4")

    assert remark == "-probesize 1G is limited to 128 MiB and 600 s by the server"
