"""Options that change no result, as wrappers add them: ignored with one remark, or translated."""

# ruff: noqa: E501 - command lines as they are typed

import pytest

from tests.support.ffmpeg_lines import check_refusal, job_of, remarks_on

DECIDES = "ignored, because they do not change the result: "

IGNORED = {
    "-threads 4 -i in.mp4 -threads 8 out.mp4": "-threads 4, -threads 8",
    "-hwaccel cuda -hwaccel_output_format cuda -i in.mp4 out.mp4": "-hwaccel cuda, -hwaccel_output_format cuda",
    "-i in.mp4 -max_muxing_queue_size 9999 out.mp4": "-max_muxing_queue_size 9999",
    "-i in.mp4 -ignore_unknown -copy_unknown out.mp4": "-ignore_unknown, -copy_unknown",
    "-re -thread_queue_size 512 -i in.mp4 out.mp4": "-thread_queue_size 512, -re",
    "-probesize 32 -analyzeduration 0 -i in.mp4 out.mp4": "-probesize 32, -analyzeduration 0",
    "-fflags +nobuffer -i in.mp4 out.mp4": "-fflags +nobuffer",
    "-init_hw_device vaapi=va -filter_hw_device va -i in.mp4 out.mp4": "-init_hw_device vaapi=va, -filter_hw_device va",
    "-xerror -abort_on empty_output -i in.mp4 out.mp4": "-xerror, -abort_on empty_output",
    "-cpuflags 0 -filter_threads 2 -benchmark -report -i in.mp4 out.mp4": "-cpuflags 0, -filter_threads 2, -benchmark, -report",
    "-stats_period 2 -i in.mp4 out.mp4": "-stats_period 2",
    "-autorotate -i in.mp4 -copytb 1 out.mp4": "-copytb 1, -autorotate",
    "-headers Authorization:0123456789abcdef0123 -i in.mp4 out.mp4": "-headers",
}
NOTHING_TO_SAY = [
    "-y -hide_banner -nostdin -nostats -v repeat+level+info -i in.mp4 out.mp4",
    "-f mp4 -i in.mp4 out.mp4",
    "-f mov -i in.mp4 out.mp4",
    "-f matroska,webm -i in.mkv out.mp4",
    "-f image2 -i in.png out.jpg",
    "-i in.mp4 -crf 23 -b:v 0k out.mp4",
]


@pytest.mark.parametrize(("line", "named"), IGNORED.items())
def test_an_option_without_effect_is_ignored_with_one_remark(line: str, named: str) -> None:
    words, message = named.split(", "), remarks_on(line)

    assert len(message) == 1
    assert message[0].startswith(DECIDES)
    assert sorted(message[0].removeprefix(DECIDES).split(", ")) == sorted(words)
    assert job_of(line) == {"output_filename": "out.mp4"}


@pytest.mark.parametrize("line", NOTHING_TO_SAY)
def test_an_option_that_repeats_a_default_needs_no_remark(line: str) -> None:
    assert remarks_on(line) == ()


TRANSLATED = [
    ("-vsync 0", {"extra_args": ["-fps_mode", "passthrough"]}),
    ("-vsync vfr", {"extra_args": ["-fps_mode", "vfr"]}),
    ("-strict -2", {"extra_args": ["-strict", "-2"]}),
    ("-async 1", {"audio": {"filters": ["aresample=async=1:first_pts=0"]}}),
    ("-vol 256", {}),
    ("-absf aac_adtstoasc", {"extra_args": ["-bsf:a", "aac_adtstoasc"]}),
    ("-disposition:a:0 0", {"extra_args": ["-disposition:a:0", "0"]}),
    ("-c:d copy -c:t copy", {}),
]


@pytest.mark.parametrize(("words", "job"), TRANSLATED)
def test_an_old_option_becomes_its_modern_form(words: str, job: dict[str, object]) -> None:
    assert job_of(f"-i in.mp4 {words} out.mp4") == {"output_filename": "out.mp4", **job}


def test_switches_before_the_input_select_its_streams() -> None:
    assert job_of("-an -i in.mp4 out.mp4") == job_of("-i in.mp4 -an out.mp4")


REMARKED = [
    (
        "-c:v h264_cuvid -i in.mp4 out.mp4",
        "-c:v h264_cuvid before -i is ignored: the server chooses the decoder",
    ),
    (
        "-f mpegts -i - -f mp4 out.mp4",
        "-f mpegts before -i is ignored: the server detects the format",
    ),
    (
        "-i in.mp4 -c:v libx264 -crf 20 -b:v 50M out.mp4",
        "ignored, because this encoder does not use it together with -crf: -b:v 50M",
    ),
]


@pytest.mark.parametrize(("line", "remark"), REMARKED)
def test_a_difference_of_the_server_is_a_remark(line: str, remark: str) -> None:
    assert remarks_on(line) == (remark,)


REFUSED = [
    (
        "-crf 20 -i in.mp4 out.mp4",
        (
            "-crf: before -i only -ss, -t, -to, -vn, -an, -sn and -dn are supported; encoding options"
            " belong after -i"
        ),
    ),
    (
        "-i in.mp4 -c:d bin_data out.mp4",
        "-c:d bin_data: data streams and attachments can only be copied",
    ),
    (
        "-i in.mp4 -f mpegts udp://239.0.0.1:1234",
        "udp://239.0.0.1:1234: the result is written to a local file, not to a URL",
    ),
]


@pytest.mark.parametrize(("line", "message"), REFUSED)
def test_an_option_that_would_change_the_result_is_refused_by_name(line: str, message: str) -> None:
    check_refusal(line, message)
