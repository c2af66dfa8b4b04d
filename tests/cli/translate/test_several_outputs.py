"""Command lines with several outputs: one job that has all of them."""

import json
import shlex
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote_cli.translate import CannotTranslate, Translation, parse, translate


def job_of(line: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    found = translate(parse(shlex.split(line)))
    assert isinstance(found, Translation)
    return dict(found.job), found.outputs


def test_each_output_has_the_options_before_it() -> None:
    job, outputs = job_of("-i in.mp4 -t 2 -c copy part1.mp4 -ss 2 -c copy part2.mp4")

    copied = {"video": {"codec": "copy"}, "audio": {"codec": "copy"}}
    assert job == {
        "outputs": [
            {**copied, "output_filename": "part1.mp4", "extra_args": ["-t", "2"]},
            {**copied, "output_filename": "part2.mp4", "extra_args": ["-ss", "2"]},
        ]
    }
    assert outputs == ("part1.mp4", "part2.mp4")


def test_one_graph_serves_all_outputs() -> None:
    job, _ = job_of(
        '-i in.mp4 -filter_complex "[0:v]split[a][b];[b]hflip[c]" -map "[a]" -map 0:a a.mp4'
        ' -map "[c]" b.mp4'
    )

    assert job["graph"] == "[0:v]split[a][b];[b]hflip[c]"
    assert [each["streams"] for each in job["outputs"]] == [["[a]", "0:a"], ["[c]"]]


def test_an_open_end_of_a_graph_belongs_to_the_first_output() -> None:
    job, _ = job_of('-i in.mp4 -filter_complex "[0:v]hflip" -map 0:a a.mp4 -map 0:v b.mp4')

    assert job["graph"] == "[0:v]hflip[out0]"
    assert [each["streams"] for each in job["outputs"]] == [["[out0]", "0:a"], ["0:v"]]


def test_outputs_of_one_name_in_different_directories_get_different_names() -> None:
    job, outputs = job_of("-i in.mp4 -i b.mp4 -map 0:v x/out.mp4 -map 1:a y/out.mp4")

    assert [each["output_filename"] for each in job["outputs"]] == ["out.mp4", "out-1.mp4"]
    assert job["inputs"] == [{}, {}]
    assert outputs == ("x/out.mp4", "y/out.mp4")


def test_a_line_with_one_output_is_the_job_that_it_was() -> None:
    job, outputs = job_of("-i in.mp4 -c copy out.mkv")

    assert "outputs" not in job
    assert (job["output_filename"], outputs) == ("out.mkv", ("out.mkv",))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("-i a.mp4 b.mp4 b.mp4", "b.mp4: two outputs have this name"),
        ("-i a.mp4 b.mp4 rtmp://host/x", "to a local file, not to a URL"),
        ("-i a.mp4 b.mp4 -c copy", "follows the last file"),
        ("-i a.mp4 " + " ".join(f"{n}.mp4" for n in range(9)), "at most 8 outputs"),
        ("-i a.mp4 -vf subtitles=s.srt b.mp4 c.mp4", "for a line with one output"),
        ("-f lavfi -i sine=d=1 -i a.mp4 b.mp4 c.mp4", "-f lavfi: beside several outputs"),
        ('-i a.mp4 -filter_complex "[0:v]hflip" a1.mp4 -map 0:v b.mp4', "give its outputs labels"),
        ('-i a.mp4 -filter_complex "[0:v]split[a][b]" -map "[a]" c.mp4 d.mp4', "no -map"),
        ("-i a.mp4 -c:v libx264 b.mp4 -c:v:foo x c.mp4 -map 4:v d.mp4", "-map 4:v"),
    ],
)
def test_what_several_outputs_cannot_have_is_refused(line: str, words: str) -> None:
    with pytest.raises(CannotTranslate) as caught:
        job_of(line)

    assert words in str(caught.value)


def test_each_output_takes_a_stream_of_its_own_kind_by_index(
    capabilities: ffmpeg.Capabilities,
) -> None:
    translation = translate(parse("-i in.mkv -map 0:2 -c:s srt a.srt -map 0:3 b.srt".split()))

    assert isinstance(translation, Translation)
    job = spec.parse_job(json.dumps(translation.job).encode())
    assert "-map 0:3" in ffmpeg.dry_run(job, capabilities, ffmpeg.Limits()).command
