"""Jobs with a filter graph: what is refused, the text that FFmpeg gets, and whole runs."""

import itertools
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import Limits, TranscodeError
from tests.support.job_directory import JobDirectory
from tests.support.plans import ALL, FILM

EVEN = (
    "scale='w=trunc(iw*max(1,2/min(iw,ih))/2+0.5)*2:h=trunc(ih*max(1,2/min(iw,ih))/2+0.5)*2'[out0]"
)
"""Behind a picture of unknown size: what libx264 needs."""


def plan(graph: str | list[str], inputs: int = 2, **job: Any) -> ffmpeg.Plan:
    asked = spec.build_job(
        {"output_filename": "out.mp4", "inputs": [{}] * inputs, "graph": graph, **job}
    )
    return ffmpeg.plan(asked, [FILM] * inputs, ALL, Limits(), attempt="try1")


def after(planned: ffmpeg.Plan, name: str) -> list[str]:
    words = planned.passes[-1].argv
    return [word for before, word in itertools.pairwise(words) if before == name]


def text_of(planned: ffmpeg.Plan) -> str:
    (text,) = after(planned, "-filter_complex")
    return text


@pytest.mark.parametrize(
    ("graph", "streams", "text", "maps"),
    [
        (
            "overlay=10:10",
            None,
            "[0:0][1:0]overlay=x=10:y=10[_2];[_2]" + EVEN,
            ["[out0]", "0:1"],
        ),
        (
            "[0:v][1:v]overlay=W-w-5:main_h-overlay_h-5[v]",
            ["0:a:0", "[v]"],
            "[0:0][1:0]overlay=x=W-w-5:y=main_h-overlay_h-5[_2];[_2]" + EVEN,
            ["0:1", "[out0]"],
        ),
        (
            "[0:v] [0:a:0] [1:v] [1:a:1] concat=n=2:v=1:a=1 [v] [a]",
            ["[v]", "[a]"],
            "[0:0][0:1][1:0][1:2]concat=n=2:v=1:a=1[_4][out1];[_4]" + EVEN,
            ["[out0]", "[out1]"],
        ),
        (
            ["[0:v]split[a][b]", "[b]hflip[c]", "[a][c]hstack[v]"],
            ["[v]"],
            "[0:0]split[_1][_2];[_2]hflip[_4];[_1][_4]hstack[_7];[_7]" + EVEN,
            ["[out0]"],
        ),
        ("[0:a][1:a]amix=inputs=2", ["0:v"], "[0:1][1:1]amix=inputs=2[out0]", ["[out0]", "0:0"]),
    ],
)
def test_a_graph_is_written_anew_with_the_streams_that_it_reads(
    graph: str, streams: list[str] | None, text: str, maps: list[str]
) -> None:
    planned = plan(graph, **({"streams": streams} if streams else {}))

    assert text_of(planned) == text
    assert after(planned, "-map") == maps


@pytest.mark.parametrize(
    ("graph", "field", "said"),
    [
        ("[0:v]hflip[v];[0:v]vflip[v]", "graph", "the label [v] is made twice"),
        ("[0:v]hflip[a];[a]vflip[b];[a]negate[c]", "graph", "the label [a] is used twice"),
        ("[a]hflip[b];[b]vflip[a]", "graph", "the labels are a circle"),
        ("[x]hflip[v]", "graph", "no filter makes [x]"),
        ("[2:v]hflip[v]", "graph", "[2:v] names input 2; the job has 2 inputs, from 0"),
        ("[0:s]hflip[v]", "graph", "[0:s] cannot be an input of a filter"),
        ("[0:v?]hflip[v]", "graph", "[0:v?] cannot be an input of a filter"),
        ("[0:v]hflip[v:1]", "graph", "[v:1] is no name for an output"),
        ("[0:a]volume=2[a];[a]hflip[v]", "graph", "[a] is audio, but its filter takes video"),
        ("[0:v]hflip,volume=2[v]", "graph", "'volume' takes audio, but video is before it"),
        ("[0:v][1:v]hflip[v]", "graph", "the filter 'hflip' has 1 inputs, not 2"),
        ("[0:v]hflip[a][b]", "graph", "the filter 'hflip' has 1 outputs, not 2"),
        ("movie=x.mp4[v]", "graph", "the filter 'movie' is not allowed"),
        ("[0:v]hflip[v];sendcmd=f=x", "graph", "the filter 'sendcmd' is not allowed"),
        ("[0:v][1:v]psnr=stats_file=x[v]", "graph", "'stats_file' of the filter 'psnr'"),
        ("color=red[c];[0:v][c]overlay[v]", "graph", "the source 'color' never ends"),
        ("color=red:s=9000x9000:d=1[v]", "graph", "s cannot be '9000x9000'"),
        ("color=red:d=90000[v]", "graph", "d cannot be '90000'"),
        ("[0:v]split=99[v]", "graph", "outputs cannot be '99'"),
        ("", "graph", "'' is not a filter name"),
        (["[0:v]hflip[v]", "[1:v]nosuch[w]"], "graph[1]", "the filter 'nosuch' is not allowed"),
    ],
)
def test_a_wrong_graph_is_refused_by_its_field(graph: str, field: str, said: str) -> None:
    with pytest.raises((InvalidArgument, TranscodeError)) as caught:
        plan_or_check(graph)

    error = caught.value
    assert isinstance(error, InvalidArgument)
    assert error.field == field
    assert said in error.message


def plan_or_check(graph: str | list[str], **job: Any) -> None:
    asked = {"output_filename": "out.mp4", "inputs": [{}, {}], "graph": graph, **job}
    ffmpeg.dry_run(spec.build_job(asked), ALL, Limits())


@pytest.mark.parametrize(
    ("job", "field", "said"),
    [
        ({"streams": ["[w]"]}, "streams[0]", "names [w], but the graph makes [v]"),
        ({"streams": ["[v]", "[v]"]}, "streams", "names [v] twice"),
        ({"streams": ["0:a"]}, "graph", "the output [v] is not used; name it in `streams`"),
        ({"video": {"codec": "copy"}}, "video.codec", "the graph makes video"),
        ({"video": {"filters": ["vidstabtransform"]}}, "video.filters", "a job with a graph"),
        ({"video": False}, "job", "The video [v] that the graph makes cannot go into the result"),
    ],
)
def test_fields_that_contradict_a_graph_are_refused(
    job: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(InvalidArgument) as caught:
        plan_or_check("[0:v][1:v]hstack[v]", **job)

    assert caught.value.field == field
    assert said in caught.value.message


def test_a_label_without_a_graph_is_refused() -> None:
    with pytest.raises(InvalidArgument) as caught:
        spec.build_job({"output_filename": "a.mp4", "streams": ["0:a", "[v]"]})

    assert caught.value.field == "streams[1]"


@pytest.mark.parametrize(
    ("graph", "job"),
    [
        ("[0:0][1:0]concat=n=2:v=0:a=1[a]", {"output_filename": "a.m4a", "streams": ["[a]"]}),
        ("[0:1][1:5]hstack[v]", {"streams": ["[v]", "0:0"]}),
        ("[0:0][1:0]hstack[v]", {"streams": ["[v]"]}),
    ],
)
def test_a_stream_by_its_index_is_of_the_kind_that_the_filter_reads(
    graph: str, job: dict[str, Any]
) -> None:
    plan_or_check(graph, **job)


def test_the_first_stream_by_its_index_alone_may_be_the_audio_of_an_audio_file() -> None:
    asked = spec.build_job({"output_filename": "a.mp3", "streams": ["0:0"]})

    assert "libmp3lame" in ffmpeg.dry_run(asked, ALL, Limits()).command


def test_a_job_with_a_graph_encodes_eight_streams_at_most() -> None:
    parts = "".join(f"[a{n}]" for n in range(9))

    with pytest.raises(InvalidArgument, match="encodes 9 streams; one with a graph may encode 8"):
        plan_or_check(f"[0:a]asplit=9{parts}", output_filename="a.mka", video=False)


def test_copied_streams_stand_beside_the_output_of_a_graph() -> None:
    planned = plan(
        "[0:a:0][0:a:1]amerge=inputs=2[a]",
        inputs=1,
        video={"codec": "copy"},
        audio={"codec": "aac", "channels": 2},
        streams=["0:v", "[a]"],
    )

    assert after(planned, "-map") == ["0:0", "[out0]"]
    assert after(planned, "-c:v") == ["copy"]
    assert planned.expected.origins == ((0, 0), None)


def test_filters_of_the_job_follow_the_output_and_leave_other_streams_their_own() -> None:
    planned = plan("[0:v]hflip[v]", streams=["[v]", "1:v"], video={"scale": "320:240"})

    assert text_of(planned).startswith("[0:0]hflip[_1];[_1]scale=w=320:h=240,")
    assert [text[:17] for text in after(planned, "-filter:v:1")] == ["scale=w=320:h=240"]


def test_a_small_picture_is_checked_before_a_filter_that_needs_more() -> None:
    planned = plan("[0:v]scale=8:8,deflate[v]", inputs=1)

    assert "scale=w=8:h=8,crop='w=if(lt(min(iw,ih),16),-1,iw):h=ih:exact=1',deflate" in text_of(
        planned
    )


@pytest.mark.parametrize(
    ("graph", "seconds"),
    [
        ("[0:v]setpts=2*PTS[v]", 120.0),
        ("[0:v][0:a][1:v][1:a]concat=n=2:v=1:a=1[v][a]", 120.0),
        ("[0:v][1:v]xfade=duration=1:offset=59[v]", 119.0),
        ("color=red:d=5[v]", 5.0),
        ("color=red[c];[c][0:v]overlay=shortest=1[v]", 60.0),
        ("[0:v]trim=start=10:end=25,setpts=PTS-STARTPTS[v]", 15.0),
        ("[0:v]trim=start=10:end=25:duration=5[v]", 5.0),
        ("[0:v]trim=start=10:end_frame=25[v]", None),
        ("[0:v]select='gt(scene,0.1)'[v]", None),
    ],
)
def test_the_expected_duration_follows_from_the_graph(graph: str, seconds: float | None) -> None:
    assert plan(graph, audio=False if "a]" not in graph else {}).expected.duration == seconds


@pytest.mark.parametrize(
    ("mix", "seconds"),
    [
        ("[b][1:a]amix=duration=2", 9.0),
        ("[b][1:a]amix=duration=first", 9.0),
        ("[1:a][b]amix=duration=first", 60.0),
        ("[1:a][b]amix=duration=1", 9.0),
        ("[b][1:a]amix", 60.0),
    ],
)
def test_a_mix_ends_with_the_input_that_it_names(mix: str, seconds: float) -> None:
    planned = plan(f"[0:a]atrim=end=9[b];{mix}[a]", output_filename="a.mp3")

    assert planned.expected.duration == seconds


def test_what_a_graph_reads_is_not_left_out_and_its_input_is_used() -> None:
    planned = plan("[0:v][1:v]hstack[v];[0:a:0][1:a:0]amix[a]", subtitles={"mode": "drop"})

    assert not any(text.startswith("Input 1") for text in planned.warnings)
    assert [text for text in planned.warnings if "video track" in text] == []


@pytest.fixture(scope="session")
def clips(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two films of a second with sound, and a small picture."""
    folder = tmp_path_factory.mktemp("clips")

    def make(name: str, line: str) -> None:
        words = [binaries.ffmpeg, "-v", "error", *line.split(), folder / name]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL, cwd=folder)

    film = "-f lavfi -i {}=s=160x120:r=10:d=1 -f lavfi -i sine={}:d=1"
    codecs = "-c:v mpeg4 -c:a pcm_s16le"
    make("a.mkv", f"{film.format('testsrc2', 440)} {codecs}")
    make("b.mkv", f"{film.format('testsrc', 880)} {codecs}")
    make("logo.png", "-f lavfi -i color=red:s=32x16:d=1 -frames:v 1")
    return folder


@pytest.mark.parametrize(
    ("graph", "job", "size", "kinds"),
    [
        ("overlay=W-w-4:H-h-4", {}, (160, 120), ["video", "audio"]),
        ("[0:v][1:v]hstack[v]", {}, (320, 120), ["video", "audio"]),
        pytest.param(
            "[0:v][0:a][1:v][1:a]concat=n=2:v=1:a=1[v][a]",
            {"streams": ["[v]", "[a]"]},
            (160, 120),
            ["video", "audio"],
            marks=pytest.mark.wide,
        ),
        pytest.param(
            "xfade=transition=wipeleft:duration=0.5:offset=0.5;acrossfade=d=0.5",
            {},
            (160, 120),
            ["video", "audio"],
            marks=pytest.mark.wide,
        ),
        pytest.param(
            "color=black:s=160x120:r=10[b];[0:a]showwaves=s=160x120:mode=cline[w];"
            "[b][w]overlay=shortest=1,format=yuv420p[v];[1:a]volume=0.5[a]",
            {"streams": ["[v]", "[a]"]},
            (160, 120),
            ["video", "audio"],
            marks=pytest.mark.wide,
        ),
        pytest.param(
            "[0:v][1:v]xstack=inputs=2:layout=0_0|w0_0[v];[0:a][1:a]amix=inputs=2[a]",
            {},
            (320, 120),
            ["video", "audio"],
            marks=pytest.mark.wide,
        ),
        pytest.param(
            "[0:a]showspectrum=s=160x128:color=fire[v];[0:a][1:a]sidechaincompress[a]",
            {},
            None,
            ["video", "audio"],
            marks=pytest.mark.wide,
        ),
    ],
)
def test_graphs_run(
    open_job: Callable[..., JobDirectory],
    clips: Path,
    graph: str,
    job: dict[str, Any],
    size: tuple[int, int] | None,
    kinds: list[str],
) -> None:
    run = open_job(clips / "a.mkv", clips / ("logo.png" if "overlay=W" in graph else "b.mkv"))

    fields = {"inputs": [{}, {}], "graph": graph, **job}
    made = run.run(output_filename="a.mkv", video={"codec": "mpeg4"}, **fields)

    assert [stream.kind for stream in made.streams] == kinds
    if size is not None:
        assert (made.streams[0].width, made.streams[0].height) == size
    assert run.plan.expected.duration is None or made.duration == pytest.approx(
        run.plan.expected.duration, abs=0.3
    )


def test_labels_of_the_filters_of_the_job_differ_behind_each_output() -> None:
    planned = plan(
        "[0:v]split[a][out1]",
        streams=["[a]", "[out1]"],
        video={"filters": ["split[out0][b];[b]hflip[c];[out0][c]hstack,scale=320:240"]},
    )

    text = "split[t{0}_0][t{0}_1];[t{0}_1]hflip[t{0}_2];[t{0}_0][t{0}_2]hstack,scale=w=320:h=240"
    shown = text_of(planned)
    assert shown.startswith("[0:0]split[_1][_2];")
    assert text.format(0) in shown
    assert text.format(1) in shown
    assert shown.count("[out0]") == shown.count("[out1]") == 1


def test_the_first_of_two_passes_makes_the_video_of_a_graph_alone() -> None:
    planned = plan(
        "[0:v][0:a][1:v][1:a]concat=n=2:v=1:a=1[v][a]",
        streams=["[v]", "[a]"],
        video={"two_pass": True, "bitrate": "1M"},
    )

    words = planned.passes[0].argv
    (text,) = [word for before, word in itertools.pairwise(words) if before == "-filter_complex"]
    assert text == "[0:0][0:1][1:0][1:1]concat=n=2:v=1:a=1[_4][_5];[_5]anullsink;[_4]" + EVEN
    assert words.count("-map") == 1


@pytest.mark.wide
def test_two_passes_and_loudness_work_behind_a_graph(
    open_job: Callable[..., JobDirectory], clips: Path
) -> None:
    run = open_job(clips / "a.mkv", clips / "b.mkv")

    made = run.run(
        output_filename="a.mkv",
        inputs=[{}, {}],
        graph="[0:v][0:a][1:v][1:a]concat=n=2:v=1:a=1[v][a]",
        video={"codec": "libx264", "preset": "ultrafast", "two_pass": True, "bitrate": "300k"},
        audio={"codec": "pcm_s16le", "loudness": -20},
        streams=["[v]", "[a]", "0:a"],
    )

    assert [stream.kind for stream in made.streams] == ["video", "audio", "audio"]
    assert made.duration == pytest.approx(2.0, abs=0.3)
    assert run.log.getvalue().decode().count("measured_I") >= 2
