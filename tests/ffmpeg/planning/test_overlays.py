"""Overlays: their argv, what is refused, and what is seen in the results."""

import itertools
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import Limits, MediaInfo, Stream, TranscodeError
from tests.ffmpeg.planning import test_pictures_in
from tests.ffmpeg.planning.test_plan import FILM
from tests.support.job_directory import JobDirectory
from tests.support.results import colour_at

ABLE = replace(test_pictures_in.ABLE, filters=test_pictures_in.ABLE.filters | {"ass"})
LOGO = MediaInfo("png_pipe", None, (Stream(0, "video", "png", 64, 48, 25.0, "rgba"),))
LARGE = MediaInfo("png_pipe", None, (Stream(0, "video", "png", 3000, 1000, 25.0, "rgba"),))
CLIP = MediaInfo("mov,mp4", 3.0, (Stream(0, "video", "h264", 320, 240, 30.0, "yuv420p"),))
PAL = replace(
    FILM, streams=(replace(FILM.streams[0], width=720, height=576, sample_aspect_ratio="16:15"),)
)
CORNER = {"input": 1, "place": "bottom-right", "margin": 10}


def plan(*infos: MediaInfo, **job: Any) -> ffmpeg.Plan:
    inputs = job.pop("inputs", [{} for _ in infos])
    asked = spec.build_job({"output_filename": "out.mp4", "inputs": inputs, **job})
    return ffmpeg.plan(asked, list(infos), ABLE, Limits(), attempt="try1")


def text_of(planned: ffmpeg.Plan, number: int = -1) -> str:
    words = planned.passes[number].argv
    (text,) = [word for before, word in itertools.pairwise(words) if before == "-filter_complex"]
    return text


def maps(planned: ffmpeg.Plan, number: int = -1) -> list[str]:
    words = planned.passes[number].argv
    return [word for before, word in itertools.pairwise(words) if before == "-map"]


@pytest.mark.parametrize(
    ("infos", "overlay", "more", "text"),
    [
        ((FILM, LOGO), CORNER, {}, "[0:0][1:0]overlay=x=W-w-10:y=H-h-10[out0]"),
        ((FILM, LOGO), {"input": 1}, {}, "[0:0][1:0]overlay=x=0:y=0[out0]"),
        (
            (FILM, LOGO),
            {"input": 1, "place": "top", "margin": 8},
            {},
            "[0:0][1:0]overlay=x=(W-w)/2:y=8[out0]",
        ),
        ((FILM, LOGO), {"input": 1, "x": 5, "y": -8}, {}, "[0:0][1:0]overlay=x=5:y=H-h-8[out0]"),
        (
            (FILM, LOGO),
            {"input": 1, "size": "25%", "opacity": 0.5, "start": 1, "end": "00:00:03"},
            {"video": {"scale": "640:360"}},
            (
                "[0:0]scale=w=640:h=360[t0_0];[1:0]scale=w=160:h=-1,format=pix_fmts=rgba,"
                "colorchannelmixer=aa=0.5[t0_1];"
                "[t0_0][t0_1]overlay='x=0:y=0:enable=gte(t,1)*lt(t,3)'[out0]"
            ),
        ),
        (
            (FILM, CLIP),
            {"input": 1, "start": 2},
            {},
            (
                "[1:0]format=pix_fmts=yuva420p,setpts=expr=PTS+2/TB,tpad=stop=-1:color=black@0[t0_1];"
                "[0:0][t0_1]overlay='x=0:y=0:enable=gte(t,2):shortest=1'[out0]"
            ),
        ),
        (
            (PAL, LOGO),
            {"input": 1, "size": "90:-1"},
            {},
            (
                "[1:0]scale='w=90:h=max(1,round(90*1.066667/dar))'[t0_1];"
                "[0:0][t0_1]overlay=x=0:y=0[out0]"
            ),
        ),
        ((PAL, LOGO), {"input": 1}, {}, "[1:0]scale=w=60:h=48[t0_1];"),
        ((FILM, LARGE), {"input": 1}, {}, "[1:0]scale=w=1920:h=640[t0_1];"),
        (
            (FILM, LOGO),
            CORNER,
            {"output_filename": "out.gif"},
            "[0:0][1:0]overlay=x=W-w-10:y=H-h-10,split[t0_1][t0_2];[t0_2]palettegen",
        ),
    ],
)
def test_an_overlay_is_drawn_last_at_its_place(
    infos: tuple[MediaInfo, ...], overlay: dict[str, Any], more: dict[str, Any], text: str
) -> None:
    planned = plan(*infos, overlays=[overlay], **more)

    assert text_of(planned).startswith(text)
    assert maps(planned)[0] == "[out0]"
    assert planned.expected.origins[0] == (0, 0)


def test_the_picture_and_the_sound_of_an_overlay_are_not_taken_by_default() -> None:
    planned = plan(CLIP, FILM, overlays=[{"input": 1, "size": "50%"}])

    assert maps(planned) == ["[out0]"]
    assert planned.expected.duration == 3.0
    assert not any("left out" in text or "not used" in text for text in planned.warnings)


@pytest.mark.parametrize(
    ("info", "overlay", "said"),
    [
        (LARGE, {"input": 1}, "Input 1 is larger than the video: it is drawn with 1920x640 pixels"),
        (LOGO, {"input": 1, "size": "20%"}, "Input 1 is enlarged from 64x48 pixels"),
    ],
)
def test_a_picture_that_is_reduced_or_enlarged_is_named(
    info: MediaInfo, overlay: dict[str, Any], said: str
) -> None:
    assert [text for text in plan(FILM, info, overlays=[overlay]).warnings if said in text]


def test_deep_colours_stay_deep_under_an_overlay() -> None:
    deep = replace(FILM, streams=(replace(FILM.streams[0], pix_fmt="yuv420p10le"),))

    planned = plan(deep, LOGO, overlays=[CORNER], video={"codec": "libx265"})

    assert "overlay=x=W-w-10:y=H-h-10:format=yuv420p10" in text_of(planned)


def test_overlays_stand_behind_a_graph_and_before_subtitles() -> None:
    planned = plan(
        FILM,
        LOGO,
        graph="[0:v]hflip[v]",
        streams=["[v]", "0:a"],
        overlays=[{"input": 1, "size": "10%"}, CORNER],
        subtitles={"mode": "burn"},
        video={"two_pass": True, "bitrate": "1M"},
    )

    assert text_of(planned).startswith("[0:0]hflip[_1];[_1]scale='w=trunc(iw*")
    assert text_of(planned).endswith(
        "[t0_0];[1:0]scale=w=192:h=-1[t0_1];[t0_0][t0_1]overlay=x=0:y=0[t0_2];"
        "[t0_2][1:0]overlay=x=W-w-10:y=H-h-10,ass=filename=try1/subtitles.ass[out0]"
    )
    assert text_of(planned, -2) == text_of(planned)
    assert maps(planned, -2) == ["[out0]"]


@pytest.mark.parametrize(
    ("job", "field", "said"),
    [
        ({"overlays": [{"input": 2}]}, "overlays[0].input", "the job has 2"),
        ({"overlays": [CORNER], "concat": "auto"}, "overlays", "overlays and concat exclude"),
        ({"overlays": [CORNER], "video": False}, "overlays", "video: false"),
        ({"overlays": [CORNER], "video": {"codec": "copy"}}, "overlays", "video.codec is copy"),
        ({"overlays": [CORNER], "extra_args": ["-c", "copy"]}, "overlays", "video.codec is copy"),
        ({"overlays": [CORNER], "output_filename": "a.mp3"}, "overlays", "no video to draw on"),
        (
            {"overlays": [CORNER], "video": {"filters": ["vidstabtransform"]}},
            "overlays",
            "vidstabtransform in video.filters",
        ),
        ({"overlays": [{"input": 1, "x": 3}]}, "overlays[0]", "x and y belong together"),
        (
            {"overlays": [{"input": 1, "x": 3, "y": 3, "margin": 3}]},
            "overlays[0]",
            "x and y exclude place and margin",
        ),
        ({"overlays": [{"input": 1, "start": 3, "end": 3}]}, "overlays[0]", "end must be after"),
        ({"overlays": [{"input": 1, "size": "99999:-1"}]}, "overlays[0].size", "at most"),
        (
            {"overlays": [{"input": 1, "size": "5%"}], "graph": "[0:v][0:v]hstack[v]"},
            "overlays[0].size",
            "whose width is not known",
        ),
    ],
)
def test_what_does_not_go_with_overlays_is_refused_with_its_field(
    job: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(InvalidArgument) as caught:
        asked = spec.build_job({"output_filename": "out.mp4", "inputs": [{}, {}], **job})
        ffmpeg.dry_run(asked, ABLE, Limits())

    assert caught.value.field == field
    assert said in caught.value.message


def test_an_overlay_without_a_picture_is_refused() -> None:
    sound = MediaInfo("wav", 3.0, (Stream(0, "audio", "pcm_s16le", channels=2),))

    with pytest.raises(TranscodeError, match=r"overlays\[0\]\.input names input 1, which has no"):
        plan(FILM, sound, overlays=[CORNER])


def test_an_ffmpeg_without_the_filter_refuses_overlays() -> None:
    asked = spec.build_job({"output_filename": "a.mp4", "inputs": [{}, {}], "overlays": [CORNER]})

    with pytest.raises(InvalidArgument, match="has no filter 'overlay', which overlays requires"):
        ffmpeg.dry_run(asked, replace(ABLE, filters=ABLE.filters - {"overlay"}), Limits())


@pytest.fixture(scope="session")
def drawn(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A blue film of two seconds, clips of one and of three, and pictures."""
    folder = tmp_path_factory.mktemp("drawn")

    def make(name: str, line: str) -> None:
        words = [binaries.ffmpeg, "-v", "error", *line.split(), folder / name]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL, cwd=folder)

    make("film.mkv", "-f lavfi -i color=blue:s=160x120:r=10:d=2 -c:v mpeg4 -q:v 2")
    make("short.mkv", "-f lavfi -i color=red:s=32x16:r=15:d=1 -c:v mpeg4 -q:v 2")
    make("long.mkv", "-f lavfi -i color=red:s=32x16:r=15:d=3 -c:v mpeg4 -q:v 2")
    make("logo.png", "-f lavfi -i color=red:s=32x16 -frames:v 1")
    hole = "geq=r=255:g=0:b=0:a=if(lt(X\\,16)\\,255\\,0)"
    make("half.png", f"-f lavfi -i color=red:s=32x16,format=rgba,{hole} -frames:v 1")
    make("upright.mkv", "-f lavfi -i color=blue:s=160x120:r=10:d=1 -c:v mpeg4 -q:v 2")
    return folder


@pytest.mark.parametrize(
    ("file", "overlay", "source", "seen"),
    [
        ("logo.png", CORNER, {}, {(0.5, 130, 100): "red", (1.8, 130, 100): "red"}),
        pytest.param(
            "half.png",
            {"input": 1},
            {},
            {(0.5, 4, 4): "red", (0.5, 24, 4): "blue"},
            marks=pytest.mark.wide,
        ),
        pytest.param(
            "logo.png",
            {"input": 1, "opacity": 0.5, "start": 1, "end": 1.5},
            {},
            {(0.5, 4, 4): "blue", (1.2, 4, 4): "magenta", (1.8, 4, 4): "blue"},
            marks=pytest.mark.wide,
        ),
        pytest.param(
            "logo.png",
            {"input": 1, "size": "50%", "place": "center"},
            {},
            {(0.5, 44, 60): "red", (0.5, 34, 60): "blue", (0.5, 80, 44): "red"},
            marks=pytest.mark.wide,
        ),
        (
            "short.mkv",
            {"input": 1, "start": 0.5},
            {},
            {(0.2, 4, 4): "blue", (1.0, 4, 4): "red", (1.8, 4, 4): "blue"},
        ),
        pytest.param(
            "short.mkv", {"input": 1}, {"loop": -1}, {(1.8, 4, 4): "red"}, marks=pytest.mark.wide
        ),
        pytest.param("long.mkv", {"input": 1}, {}, {(1.8, 4, 4): "red"}, marks=pytest.mark.wide),
        pytest.param(
            "logo.png", {"input": 1}, {"loop": -1}, {(1.8, 4, 4): "red"}, marks=pytest.mark.wide
        ),
    ],
)
def test_overlays_are_seen_where_and_when_the_job_says(
    open_job: Callable[..., JobDirectory],
    build: ffmpeg.Binaries,
    drawn: Path,
    file: str,
    overlay: dict[str, Any],
    source: dict[str, Any],
    seen: dict[tuple[float, int, int], str],
) -> None:
    run = open_job(drawn / "film.mkv", drawn / file)

    made = run.run(
        output_filename="a.mkv",
        inputs=[{}, source],
        overlays=[overlay],
        video={"codec": "mpeg4", "bitrate": "4M"},
    )

    assert made.duration == pytest.approx(2.0, abs=0.11)
    assert {place: colour_at(build, run.result, *place) for place in seen} == seen


@pytest.mark.wide
def test_two_passes_draw_the_same_overlay(
    open_job: Callable[..., JobDirectory], build: ffmpeg.Binaries, drawn: Path
) -> None:
    run = open_job(drawn / "film.mkv", drawn / "long.mkv")

    video = {"codec": "libx264", "two_pass": True, "bitrate": "500k", "preset": "veryfast"}
    made = run.run(inputs=[{}, {}], overlays=[{"input": 1}], video=video)

    assert len(run.plan.passes) == 2
    assert made.duration == pytest.approx(2.0, abs=0.11)
    assert colour_at(build, run.result, 1.8, 4, 4) == "red"
