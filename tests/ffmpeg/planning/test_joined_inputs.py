"""Jobs that play their inputs one after the other: the graph of ours, refusals, whole runs."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import Limits, MediaInfo, Stream, TranscodeError
from tests.support.job_directory import JobDirectory
from tests.support.plans import ALL, FILM, SMALL, SOUND, after

FIRST = (
    "scale='w=max(2,min(1920,round(1080*dar))):h=max(2,min(1080,round(1920/dar)))',"
    "pad=w=1920:h=1080:x=(ow-iw)/2:y=(oh-ih)/2,setsar=sar=1,fps=fps=25"
)
STEREO = "aformat=sample_rates=48000:channel_layouts=stereo"
NO_VIDEO = {"video": False, "output_filename": "a.m4a"}


def job(count: int, **fields: Any) -> spec.JobSpec:
    base = {"output_filename": "out.mp4", "inputs": [{}] * count, "concat": "encode"}
    return spec.build_job({**base, **fields})


def plan(*infos: MediaInfo, **fields: Any) -> ffmpeg.Plan:
    return ffmpeg.plan(job(len(infos), **fields), list(infos), ALL, Limits(), attempt="try1")


def graph(planned: ffmpeg.Plan) -> str:
    (text,) = after(planned.passes[-1].argv, "-filter_complex")
    return text.replace("'\"'\"'", "'")


def failure(*infos: MediaInfo, **fields: Any) -> str:
    with pytest.raises(TranscodeError) as caught:
        plan(*infos, **fields)
    return caught.value.failure.message


def test_inputs_are_joined_in_size_rate_and_layout_of_the_first() -> None:
    text = graph(plan(FILM, FILM))

    assert text.startswith(f"[0:0]{FIRST}[_4];[1:0]{FIRST}[_9];[0:1]{STEREO}[_11];[1:1]{STEREO}")
    assert "[_4][_11][_9][_13]concat=n=2:v=1:a=1[_18][out1];[_18]" in text


def test_an_input_without_sound_is_silent_as_long_as_its_part_lasts() -> None:
    planned = plan(FILM, SMALL, inputs=[{"duration": 5}, {"start": 2, "end": 6}])

    assert f"anullsrc=r=48000:d=4.000,{STEREO}[" in graph(planned)
    assert planned.expected.duration == 9.0


def test_silence_is_as_loud_and_wide_as_the_first_sound() -> None:
    assert "anullsrc=r=48000:d=20.000,aformat=sample_rates=48000:channel_layouts=5.1" in graph(
        plan(SMALL, replace(SMALL, streams=(*SMALL.streams, replace(SOUND.streams[0], index=1))))
    )


@pytest.mark.parametrize(
    ("fields", "made"),
    [
        ({"audio": False}, "concat=n=2:v=1:a=0"),
        ({"streams": ["0:v"]}, "concat=n=2:v=1:a=0"),
        ({"streams": ["0"]}, "concat=n=2:v=1:a=1"),
        (NO_VIDEO, "concat=n=2:v=0:a=1"),
        ({"output_filename": "a.mp3"}, "concat=n=2:v=0:a=1"),
    ],
)
def test_the_job_chooses_kinds_of_streams(fields: dict[str, Any], made: str) -> None:
    assert made in graph(plan(FILM, FILM, **fields))


def test_sixteen_inputs_fit_into_a_graph() -> None:
    assert "concat=n=16:v=1:a=1" in graph(plan(*[FILM] * 16))


def test_sideways_and_unknown_pictures_give_a_size_and_a_rate_that_ffmpeg_takes() -> None:
    sideways = replace(
        SMALL, streams=(replace(SMALL.streams[0], rotation=90, fps=30000 / 1001, width=321),)
    )
    assert "pad=w=240:h=321:" in graph(plan(sideways, SMALL))
    assert "fps=fps=30000/1001" in graph(plan(sideways, SMALL))
    absurd = replace(SMALL, streams=(replace(SMALL.streams[0], fps=90000.0),))
    assert "fps=" not in graph(plan(absurd, SMALL))
    blank = replace(SMALL, streams=(replace(SMALL.streams[0], width=None),))
    assert failure(blank, SMALL) == "The size of the first input is not known."


def test_inputs_of_which_some_have_no_video_are_refused_by_number() -> None:
    assert failure(FILM, SOUND) == (
        "Input 1 has no video, but others have, so they cannot be joined."
    )
    cover = Stream(1, "video", "mjpeg", 300, 300, is_picture=True)
    covered = replace(SOUND, streams=(*SOUND.streams, cover))
    assert failure(covered, FILM).startswith("Input 0 has no video")
    assert failure(SMALL, SMALL, video=False) == "The inputs have nothing that can be joined."


def test_a_lost_tag_or_chapter_of_joined_inputs_is_not_blamed_on_the_container() -> None:
    film = replace(FILM, labels=("title", "artist"), chapters=2)
    job = spec.build_job({"output_filename": "a.mp4", "inputs": [{}, {}], "concat": "copy"})
    planned = ffmpeg.plan(job, [film, film], ALL, Limits(), attempt="try1")

    assert list(ffmpeg.lost_properties(job, [film, film], planned.outputs[0], FILM)) == [
        "The 2 chapters were lost: joined inputs keep none.",
        "The tags artist, title are lost: joined inputs keep no tags; set them with `metadata`.",
    ]


def test_streams_that_are_not_joined_are_a_warning() -> None:
    titled = replace(FILM, streams=(*FILM.streams, Stream(9, "subtitle", "subrip")))

    assert any(
        text == "Joined inputs keep one video and one audio track: subtitles and further audio"
        " tracks are left out."
        for text in plan(titled, FILM).warnings
    )
    assert not any("Joined" in text for text in plan(SMALL, SMALL).warnings)


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"inputs": [{}]}, "concat", "concat requires inputs with at least 2 items"),
        ({"graph": "hflip"}, "concat", "concat and graph exclude each other"),
        ({"thumbnail": {"at": 1}}, "concat", "concat and thumbnail exclude each other"),
        ({"concat": "list.txt"}, "concat", "'auto', 'copy' or 'encode'"),
        ({"video": {"codec": "copy"}}, "video.codec", "encodes all streams"),
        ({"audio": {"track": 1}}, "audio.track", "not supported in a job with concat"),
        ({"subtitles": {"mode": "burn"}}, "subtitles.mode", "cannot be burned in"),
        ({"subtitles": {"track": 1}}, "subtitles.track", "keep no subtitles"),
        ({"video": {"filters": ["vidstabtransform"]}}, "video.filters", "not supported"),
        ({"output_filename": "a.png"}, "concat", "cannot be joined into png"),
        ({"streams": ["1:v"]}, "streams[0]", "joined inputs count as one"),
        ({"streams": ["0:v", "0:a:1"]}, "streams[1]", "joined inputs count as one"),
        ({"streams": ["-0:a"]}, "streams[0]", "joined inputs count as one"),
    ],
)
def test_what_does_not_go_with_joined_inputs_is_refused_with_its_field(
    fields: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(InvalidArgument) as caught:
        ffmpeg.check(job(2, **fields), ALL)

    assert said in str(caught.value)
    assert caught.value.field == field


def test_auto_joins_packets_of_alike_inputs_and_encodes_others() -> None:
    assert plan(FILM, FILM, concat="auto").files
    assert "concat=n=2:v=1:a=1" in graph(plan(FILM, SMALL, concat="auto"))


@pytest.fixture(scope="session")
def unlike(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film with sound, a narrow one of another rate without, and one with another sound."""
    folder = tmp_path_factory.mktemp("unlike")

    def make(name: str, line: str) -> None:
        words = [binaries.ffmpeg, "-v", "error", *line.split(), folder / name]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL, cwd=folder)

    codecs = "-c:v mpeg4 -c:a pcm_s16le"
    make("a.mkv", f"-f lavfi -i testsrc2=s=160x120:r=10:d=1 -f lavfi -i sine=440:d=1 {codecs}")
    make("b.mkv", f"-f lavfi -i testsrc=s=64x160:r=25:d=1 {codecs}")
    make(
        "c.mkv",
        f"-f lavfi -i testsrc=s=320x240:r=5:d=1 -f lavfi -i sine=880:r=22050:d=1 -ac 2 {codecs}",
    )
    return folder


def test_unlike_films_are_joined(open_job: Callable[..., JobDirectory], unlike: Path) -> None:
    run = open_job(*(unlike / name for name in ("a.mkv", "b.mkv", "c.mkv")))

    made = run.run(
        inputs=[{}, {"start": 0.4}, {"duration": 0.5}],
        concat="encode",
        output_filename="a.mkv",
        video={"codec": "mpeg4"},
        audio={"codec": "aac"},
    )

    video, audio = made.streams
    assert (video.width, video.height, video.fps) == (160, 120, 10.0)
    assert (audio.sample_rate, audio.channels) == (44100, 1)
    assert run.plan.expected.duration == pytest.approx(2.1, abs=0.05)
    assert made.duration == pytest.approx(2.1, abs=0.2)


@pytest.mark.wide
def test_sounds_are_joined(open_job: Callable[..., JobDirectory], unlike: Path) -> None:
    run = open_job(unlike / "c.mkv", unlike / "a.mkv")

    made = run.run(inputs=[{}, {}], concat="encode", output_filename="a.flac")

    (audio,) = made.streams
    assert (audio.sample_rate, audio.channels) == (22050, 2)
    assert made.duration == pytest.approx(2.0, abs=0.1)


def test_a_list_in_an_upload_is_never_read(
    open_job: Callable[..., JobDirectory], unlike: Path
) -> None:
    listed = b"ffconcat version 1.0\nfile ../0/input\n"

    with pytest.raises(TranscodeError):
        open_job(unlike / "a.mkv", listed).run(inputs=[{}, {}], concat="auto")
