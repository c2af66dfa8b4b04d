"""Jobs that join the packets of alike inputs: the list of ours, refusals, whole runs."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.ffmpeg import Limits, MediaInfo, TranscodeError
from tests.support.job_directory import JobDirectory
from tests.support.plans import ALL, COPY, FILM, SMALL, after

ABLE = replace(ALL, decoders={**ALL.decoders, "hevc": ("hevc",)})


def job(count: int, **fields: Any) -> spec.JobSpec:
    base = {"output_filename": "out.mp4", "inputs": [{}] * count, "concat": "copy"}
    return spec.build_job({**base, **fields})


def plan(*infos: MediaInfo, **fields: Any) -> ffmpeg.Plan:
    return ffmpeg.plan(job(len(infos), **fields), list(infos), ABLE, Limits(), attempt="try1")


def failure(*infos: MediaInfo, **fields: Any) -> str:
    with pytest.raises(TranscodeError) as caught:
        plan(*infos, **fields)
    return caught.value.failure.message


def film(place: int = 0, **change: Any) -> MediaInfo:
    """Return FILM with a change of its video, or of the stream at `place`."""
    streams = list(FILM.streams)
    streams[place] = replace(streams[place], **change)
    return replace(FILM, streams=tuple(streams))


def test_packets_are_joined_by_a_list_of_ours_over_copies_of_ours() -> None:
    planned = plan(FILM, FILM, concat="copy", inputs=[{}, {"start": 2}], **COPY)

    first, second, last = (list(each.argv) for each in planned.passes)
    assert planned.files == (
        (
            "try1/list",
            "ffconcat version 1.0\nfile part0\nduration 60.000000\nfile part1\n",
        ),
    )
    assert after(first, "-i") == ["file:inputs/0/input"]
    assert after(second, "-i") == ["file:inputs/1/input"]
    assert (after(second, "-ss"), after(second, "-c")) == (["2"], ["copy"])
    assert after(second, "-format_whitelist") == ["mov"]
    assert second[-3:] == ["-f", "mp4", "file:try1/part1"]
    assert after(last, "-i") == ["file:try1/list"]
    assert after(last, "-format_whitelist") == ["concat,mov"]
    assert (after(last, "-safe"), after(last, "-f")) == (["1"], ["concat", "mp4"])
    assert planned.expected.duration == 118.0
    assert planned.command.startswith("printf 'ffconcat version 1.0\\nfile part0\\n")


@pytest.mark.parametrize(
    ("place", "name", "values", "said"),
    [
        (0, "codec", ("h264", "hevc"), "codec of the video of input 1 is hevc, but that of"),
        (0, "width", (1920, 640), "width of the video of input 1 is 640, but that of input 0 is"),
        (0, "height", (1080, 480), "height of the video of input 1 is 480"),
        (0, "pix_fmt", ("yuv420p", "yuv444p"), "pixel format of the video of input 1 is yuv444p"),
        (0, "profile", ("High", "Main"), "profile of the video of input 1 is Main"),
        (0, "level", (31, 40), "level of the video of input 1 is 40, but that of input 0 is 31."),
        (0, "rotation", (None, 90), "rotation of the video of input 1 is 90, but that of input 0"),
        (0, "sample_aspect_ratio", (None, "4:3"), "shape of a pixel of the video of input 1 is 4:"),
        (0, "color_transfer", ("bt709", "smpte2084"), "color transfer of the video of input 1 is"),
        (1, "sample_rate", (48000, 8000), "sample rate of the audio of input 1 is 8000"),
        (1, "channels", (2, 1), "number of channels of the audio of input 1 is 1"),
        (1, "channel_layout", ("5.1", "5.1(side)"), "channel layout of the audio of input 1 is"),
        (1, "sample_format", ("s16", "s32"), "sample format of the audio of input 1 is s32"),
        (1, "tags", ({"language": "eng"}, {"language": "ger"}), "language of the audio of input 1"),
    ],
)
def test_unlike_packets_are_refused_with_input_and_property(
    place: int, name: str, values: tuple[Any, Any], said: str
) -> None:
    first, other = (film(place, **{name: value}) for value in values)

    for concat in ("copy", "auto"):
        assert said in failure(first, other, concat=concat, **COPY)
    assert "concat=n=2" in " ".join(plan(first, other, concat="auto").passes[-1].argv)


def test_what_is_not_known_and_what_is_the_default_is_no_difference() -> None:
    known = {"profile": "High", "level": 31, "rotation": 0, "sample_aspect_ratio": "1:1"}
    assert plan(film(**known), film(), **COPY).files
    assert plan(film(1, tags={"language": "eng"}), film(1, tags={"language": "und"})).files


def test_a_missing_stream_is_refused_with_its_input() -> None:
    assert "Input 1 has video, but input 0 has video and audio." in failure(FILM, SMALL, **COPY)
    assert "Input 1 has video and audio, but input 0 has video." in failure(SMALL, FILM, **COPY)


def test_the_header_of_a_codec_is_compared_where_decoders_need_it() -> None:
    hevc = [film(codec="hevc", header=text) for text in ("CRC32:00000001", "CRC32:00000002")]
    assert "The codec header of the video of input 1 is not that of input 0." in failure(
        *hevc, **COPY
    )
    aac = [film(1, header=text) for text in ("CRC32:00000001", None)]
    assert plan(*aac, **COPY).files


def test_h264_with_other_settings_is_joined_with_a_warning_but_encoded_by_auto() -> None:
    films = [film(header=text) for text in ("CRC32:00000001", "CRC32:00000002")]

    copied = plan(*films, **COPY)
    assert copied.files
    assert any("settings of input 1 are not those of input 0" in w for w in copied.warnings)
    assert not any("settings" in text for text in plan(*films).warnings)
    assert "concat=n=2" in " ".join(plan(*films, concat="auto").passes[-1].argv)


def test_audio_is_taken_in_the_language_of_the_first_input() -> None:
    tags = [{"language": "eng"}, {"language": "ger"}]
    first, swapped = (
        replace(
            FILM,
            streams=(
                FILM.streams[0],
                replace(FILM.streams[1], tags=one),
                replace(FILM.streams[1], index=2, tags=other),
            ),
        )
        for one, other in (tags, tags[::-1])
    )

    _, second, _ = plan(first, swapped, **COPY).passes
    assert after(second.argv, "-map") == ["0:0", "0:2"]


def test_sounds_in_other_languages_are_a_warning_where_they_are_encoded() -> None:
    films = [film(1, tags={"language": text}) for text in ("eng", "ger")]

    assert "The audio of input 1 is in ger, but that of the others in eng." in (
        plan(*films, concat="encode").warnings
    )


@pytest.mark.parametrize(
    ("bases", "scale"),
    [
        (("1/12800", "1/12800"), []),
        (("1/12800", "1/15360"), ["76800"]),
        (("1/90000", None), []),
        (("1/2147483647", "1/12800"), ["90000"]),
    ],
)
def test_copies_get_one_unit_of_time(bases: tuple[str, str | None], scale: list[str]) -> None:
    films = [film(time_base=base) for base in bases]

    first, second, _ = plan(*films, **COPY).passes

    assert after(first.argv, "-video_track_timescale") == scale
    assert after(second.argv, "-video_track_timescale") == scale


def test_a_dry_run_of_auto_shows_what_runs_for_alike_and_for_unlike_inputs() -> None:
    shown = ffmpeg.dry_run(job(2, concat="auto"), ALL, Limits())

    assert "file part1" in shown.command
    assert any("not alike are joined by: ffmpeg" in w and "concat=n=2" in w for w in shown.warnings)


def test_auto_warns_of_a_job_that_only_alike_inputs_allow() -> None:
    limited = job(2, concat="auto", video={"codec": "copy"})

    (warning,) = ffmpeg.check(limited, ABLE).warnings

    assert warning.startswith("concat is auto: inputs that are not alike will be refused (video.co")
    assert ffmpeg.dry_run(limited, ABLE, Limits()).warnings == (warning,)


@pytest.fixture(scope="session")
def films(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Films of H.264 and AAC: `a` and `b` differ in rate and settings, `old` has other codecs."""
    folder = tmp_path_factory.mktemp("films")

    def make(line: str) -> None:
        words = [binaries.ffmpeg, "-v", "error", *line.split()]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL, cwd=folder)

    tone = "-f lavfi -i sine=440:d=1 -ac 2 -c:a aac"
    avc = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
    make(f"-f lavfi -i testsrc2=s=64x48:r=25:d=1 {tone} {avc} a.mp4")
    make(f"-f lavfi -i testsrc2=s=64x48:r=30:d=1 {tone} {avc} -qp 30 b.mp4")
    make("-i a.mp4 -c copy a.ts")
    make("-i a.mp4 -c copy a.mkv")
    make("-i b.mp4 -c copy b.ts")
    make(f"-f lavfi -i testsrc2=s=64x48:r=25:d=1 {avc} silent.mp4")
    # frames 1/25 s apart, later 1/5 s
    vary = "-vf setpts='if(lt(N,10),N,10+(N-10)*5)/25/TB' -fps_mode vfr -enc_time_base 1/90000"
    make(f"-f lavfi -i testsrc2=s=64x48:r=25:d=0.6 {tone} {vary} {avc} vfr.mp4")
    old = "-f lavfi -i testsrc2=s=64x48:r=10:d=1 -f lavfi -i sine=440:d=1 -c:a aac"
    make(f"{old} -c:v mpeg2video -r 25 old.ts")
    make(f"{old} -c:v mpeg2video -r 25 old.mp4")
    return folder


def pictures(binaries: ffmpeg.Binaries, path: Path) -> list[str]:
    """Return a checksum of each decoded picture."""
    options = ["-map", "0:v", "-fps_mode", "passthrough", "-f", "framemd5", "-"]
    argv = [binaries.ffmpeg, "-v", "error", "-i", path, *options]
    lines = subprocess.run(argv, check=True, capture_output=True, text=True).stdout.splitlines()
    return [line.split()[-1] for line in lines if not line.startswith("#")]


@pytest.mark.parametrize(
    ("names", "fields", "seconds"),
    [
        (["a.mp4", "b.mp4", "a.ts"], {}, 3.0),
        pytest.param(["a.mp4", "a.mp4"], {"concat": "auto"}, 2.0, marks=pytest.mark.wide),
        pytest.param(["a.ts", "b.ts"], {}, 2.0, marks=pytest.mark.wide),
        pytest.param(["a.ts", "a.mkv"], {}, 2.0, marks=pytest.mark.wide),
        pytest.param(["a.mkv", "b.mp4"], {"output_filename": "o.mkv"}, 2.0, marks=pytest.mark.wide),
        pytest.param(["vfr.mp4", "a.mp4"], {}, 2.2, marks=pytest.mark.wide),
        pytest.param(["old.ts", "old.ts"], {}, 2.0, marks=pytest.mark.wide),
        pytest.param(["old.mp4", "old.ts"], {}, 2.0, marks=pytest.mark.wide),
    ],
)
def test_packets_are_joined_with_all_their_pictures_and_times(
    open_job: Callable[..., JobDirectory],
    build: ffmpeg.Binaries,
    films: Path,
    names: list[str],
    fields: dict[str, Any],
    seconds: float,
) -> None:
    run = open_job(*(films / name for name in names))

    made = run.run(**{"inputs": [{}] * len(names), "concat": "copy", **COPY, **fields})

    assert len(run.plan.passes) == len(names) + 1
    assert [each.kind for each in made.streams] == ["video", "audio"]
    assert made.duration == pytest.approx(seconds, abs=0.15)
    assert run.doubts == ()
    wanted = [picture for name in names for picture in pictures(build, films / name)]
    assert pictures(build, run.result) == wanted


@pytest.mark.parametrize(
    ("names", "fields", "kinds"),
    [
        (["a.mp4", "silent.mp4", "vfr.mp4"], {"concat": "auto"}, ["video", "audio"]),
        pytest.param(
            ["old.mp4", "old.mp4"],
            {"output_filename": "a.flac", "audio": {}, "video": False},
            ["audio"],
            marks=pytest.mark.wide,
        ),
        pytest.param(
            ["a.mp4", "a.ts"],
            {"video": {"codec": "copy"}, "audio": {"codec": "aac"}},
            ["video", "audio"],
            marks=pytest.mark.wide,
        ),
    ],
)
def test_joined_inputs_are_encoded(
    open_job: Callable[..., JobDirectory],
    films: Path,
    names: list[str],
    fields: dict[str, Any],
    kinds: list[str],
) -> None:
    run = open_job(*(films / name for name in names))

    made = run.run(**{"inputs": [{}] * len(names), "concat": "copy", **fields})

    assert [each.kind for each in made.streams] == kinds
    assert made.duration == pytest.approx(len(names), abs=0.3)
    assert run.doubts == ()


def test_a_film_without_sound_between_others_is_refused_for_a_copy(
    open_job: Callable[..., JobDirectory], films: Path
) -> None:
    with pytest.raises(TranscodeError, match="Input 1 has video, but input 0 has video and audio"):
        open_job(films / "a.mp4", films / "silent.mp4").run(inputs=[{}, {}], concat="copy", **COPY)
