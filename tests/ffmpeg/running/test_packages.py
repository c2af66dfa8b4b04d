"""Packages of pictures and segments, made and verified by a real FFmpeg."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg import TranscodeError
from tests.support.job_directory import JobDirectory

FAST = {"codec": "libx264", "preset": "ultrafast", "scale": "64:-2"}


def names_of(directory: JobDirectory) -> list[str]:
    return sorted(path.name for path in (directory.path / directory.plan.output).iterdir())


def test_pictures_are_numbered_at_the_rate_of_the_job(
    open_job: Callable[..., JobDirectory], clip: Path
) -> None:
    directory = open_job(clip)

    made = directory.run(
        output_filename="frames.zip",
        video={"scale": "64:-2"},
        package={"type": "pictures", "every": 0.5, "quality": 3, "start_number": 0, "digits": 3},
    )

    assert names_of(directory) == ["000.jpg", "001.jpg", "002.jpg", "003.jpg"]
    assert (made.streams[0].codec, made.streams[0].width) == ("mjpeg", 64)
    assert made.duration == 2.0
    assert directory.doubts == ()


def test_segments_begin_with_key_frames_at_the_times_of_the_job(
    open_job: Callable[..., JobDirectory], clip: Path
) -> None:
    directory = open_job(clip)

    made = directory.run(
        output_filename="parts.mp4",
        video=FAST,
        package={"type": "segments", "seconds": 0.5, "list": "csv"},
    )

    parts = [f"segment-{n:05}.mp4" for n in range(4)]
    assert names_of(directory) == ["index.csv", *parts]
    assert list(directory.package.lengths) == parts
    assert directory.package.lengths[parts[1]] == pytest.approx(0.5, abs=0.05)
    assert made.duration == pytest.approx(2, abs=0.1)
    assert [stream.codec for stream in made.streams] == ["h264", "aac"]
    assert directory.doubts == ()


@pytest.mark.wide
@pytest.mark.parametrize(
    "package",
    [
        {"type": "pictures", "format": "png", "fps": 2},
        {"type": "pictures", "format": "webp", "fps": 2, "quality": 80},
        {"type": "pictures", "format": "bmp", "count": 2},
        {"type": "pictures", "format": "tiff", "fps": "1/10"},
        {"type": "pictures"},
        {"type": "segments", "times": [0.5, 1.25], "container": "mkv", "list": "m3u8"},
        {"type": "segments", "seconds": 0.5, "container": "ts", "list": "m3u8"},
        {"type": "segments", "seconds": 0.5, "container": "mov", "start_number": 7, "digits": 2},
        {"type": "segments", "seconds": 0.5, "container": "avi"},
        {"type": "segments", "seconds": 0.5, "container": "mpg"},
        {"type": "segments", "seconds": 0.5, "container": "mp3"},
        {"type": "segments", "seconds": 0.5, "container": "m4a"},
        {"type": "segments", "seconds": 0.5, "container": "aac"},
        {"type": "segments", "seconds": 0.5, "container": "ogg"},
        {"type": "segments", "seconds": 0.5, "container": "opus"},
        {"type": "segments", "seconds": 0.5, "container": "flac"},
        {"type": "segments", "seconds": 0.5, "container": "wav", "reset_timestamps": False},
    ],
    ids=str,
)
def test_every_kind_of_package_is_made_and_verified(
    open_job: Callable[..., JobDirectory], clip: Path, package: dict[str, object]
) -> None:
    directory = open_job(clip)

    directory.run(output_filename="package.zip", package=package)

    assert len(names_of(directory)) > 1 or package.get("fps") == "1/10"
    assert directory.doubts == ()


@pytest.mark.wide
def test_copied_segments_are_cut_at_key_frames(
    open_job: Callable[..., JobDirectory], clip: Path
) -> None:
    directory = open_job(clip)

    directory.run(
        output_filename="parts.mp4",
        video={"codec": "copy"},
        audio={"codec": "copy"},
        package={"type": "segments", "seconds": 0.5},
    )

    assert directory.doubts == ()
    assert sum(directory.package.lengths.values()) == pytest.approx(2, abs=0.1)


@pytest.mark.wide
def test_two_packages_of_a_job_have_other_names(
    open_job: Callable[..., JobDirectory], clip: Path
) -> None:
    directory = open_job(clip)

    directory.run(
        outputs=[
            {"output_filename": "a.zip", "package": {"type": "pictures", "fps": 2}},
            {"output_filename": "b.zip", "package": {"type": "pictures", "fps": 1}},
        ]
    )

    limits = directory.runtime.limits
    produced = ffmpeg.produced_files(directory.plan, limits, {}, cwd=directory.path)
    assert [each.name for each in produced] == [
        *(f"0000{n}.jpg" for n in range(1, 5)),
        "1-00001.jpg",
        "1-00002.jpg",
    ]


LADDER = [{"height": 720}, {"height": 120, "bitrate": "200k"}, {"height": 60, "bitrate": "90k"}]


@pytest.mark.parametrize(
    ("package", "extension"),
    [
        ({"segment_type": "fmp4", "renditions": LADDER}, "m4s"),
        pytest.param({"renditions": LADDER}, "ts", marks=pytest.mark.wide),
    ],
)
def test_hls_has_a_playlist_for_each_rendition_and_one_above(
    open_job: Callable[..., JobDirectory], clip: Path, package: dict[str, object], extension: str
) -> None:
    directory = open_job(clip)

    made = directory.run(
        output_filename="film.zip",
        video={"codec": "libx264", "preset": "ultrafast"},
        package={"type": "hls", "seconds": 1, **package},
    )

    names = names_of(directory)
    videos = [f"video{n}-0000{part}.{extension}" for n in range(2) for part in range(2)]
    assert [name for name in names if name.startswith("video") and "-" in name] == videos
    assert {"index.m3u8", "sound.m3u8", "video0.m3u8", "video1.m3u8"} < set(names)
    assert [stream.height for stream in made.streams] == [120, 60, None]
    assert made.duration == pytest.approx(2, abs=0.1)
    assert directory.package.lengths[videos[1]] == pytest.approx(1, abs=0.05)
    assert directory.doubts == ()
    assert [w for w in directory.warnings if "720 lines is left out" in w]
    folder = directory.path / directory.plan.output
    master = (folder / "index.m3u8").read_text()
    assert master.count("#EXT-X-STREAM-INF:") == 2


@pytest.mark.wide
@pytest.mark.parametrize(
    "job",
    [
        {"package": {"type": "hls", "seconds": 1}},
        {"package": {"type": "hls", "seconds": 1, "segment_type": "fmp4", "start_number": 5}},
        {"package": {"type": "hls", "seconds": 1}, "video": False},
        {"package": {"type": "hls", "seconds": 1}, "audio": False},
        {"package": {"type": "hls"}, "video": {"codec": "copy"}, "audio": {"codec": "copy"}},
        {
            "package": {
                "type": "hls",
                "seconds": 1,
                "renditions": [
                    {"height": 90, "width": 160, "audio_bitrate": "64k"},
                    {"height": 60, "maxrate": "200k", "audio_bitrate": "48k"},
                ],
            },
            "video": {"codec": "libx264", "crf": 30, "preset": "ultrafast"},
        },
        {
            "package": {"type": "hls", "seconds": 1, "renditions": [{"height": 4320}]},
            "audio": False,
        },
    ],
    ids=str,
)
def test_every_form_of_hls_is_made_and_verified(
    open_job: Callable[..., JobDirectory], clip: Path, job: dict[str, object]
) -> None:
    directory = open_job(clip)

    made = directory.run(output_filename="film.zip", **job)

    assert made.duration == pytest.approx(2, abs=0.2)
    assert directory.doubts == ()


SPLIT = "[0:v]split=2[a][b];[a]scale=-2:120[high];[b]scale=-2:60[low]"


@pytest.mark.parametrize(
    ("package", "streams", "named"),
    [
        (
            {"variants": [{"streams": ["v:0", "a:0"]}, {"streams": ["v:1", "a:1"]}]},
            ["[high]", "0:a:0", "[low]", "0:a:0"],
            ["variant0", "variant1"],
        ),
        pytest.param(
            {
                "segment_type": "fmp4",
                "variants": [
                    {"streams": ["v:0"], "audio_group": "aud"},
                    {"streams": ["v:1"], "audio_group": "aud"},
                    {"streams": ["a:0"], "audio_group": "aud", "language": "eng", "default": True},
                ],
            },
            ["[high]", "[low]", "0:a"],
            ["variant0", "variant1", "variant2"],
            marks=pytest.mark.wide,
        ),
    ],
)
def test_variants_are_made_of_the_streams_that_the_job_names(
    open_job: Callable[..., JobDirectory],
    clip: Path,
    package: dict[str, object],
    streams: list[str],
    named: list[str],
) -> None:
    directory = open_job(clip)

    made = directory.run(
        output_filename="film.zip",
        graph=SPLIT,
        streams=streams,
        video={"codec": "libx264", "preset": "ultrafast"},
        package={"type": "hls", "seconds": 1, **package},
        extra_args=["-b:v:0", "200k", "-b:v:1", "90k"],
    )

    playlists = [name for name in names_of(directory) if name.endswith(".m3u8")]
    assert sorted(playlists) == ["index.m3u8", *(f"{name}.m3u8" for name in named)]
    assert sorted(s.height for s in made.streams if s.height) == [60, 120]
    assert len(made.streams) == len(streams)
    assert directory.doubts == ()


@pytest.mark.parametrize(
    "renditions",
    [
        [{"height": 120}, {"height": 60}, {"height": 720}],
        pytest.param(None, marks=pytest.mark.wide),
    ],
)
def test_dash_has_one_manifest_for_all_renditions(
    open_job: Callable[..., JobDirectory], clip: Path, renditions: list[dict[str, int]] | None
) -> None:
    directory = open_job(clip)

    made = directory.run(
        output_filename="film.zip",
        video={"codec": "libx264", "preset": "ultrafast"},
        package={"type": "dash", "seconds": 1, "renditions": renditions},
    )

    heights = [120, 60] if renditions else [180]
    assert [stream.height for stream in made.streams] == [*heights, None]
    assert made.duration == pytest.approx(2, abs=0.1)
    assert directory.package.lengths["segment-0-00002.m4s"] == pytest.approx(1, abs=0.05)
    assert directory.doubts == ()


@pytest.mark.wide
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<ServiceDescription", "<BaseURL>http://x/</BaseURL><ServiceDescription"),
        ("<MPD", '<!DOCTYPE a [<!ENTITY b SYSTEM "/etc/passwd">]><MPD'),
        ('media="segment', 'media="http://x/segment'),
        ('startNumber="1"', 'startNumber="2"'),
        ('d="', 'r="99999999" d="'),
        ("<Period ", '<Period xlink:href="http://x/" '),
    ],
)
def test_a_manifest_that_names_anything_else_is_refused(
    open_job: Callable[..., JobDirectory], clip: Path, old: str, new: str
) -> None:
    directory = open_job(clip)
    copy = {"codec": "copy"}
    package = {"type": "dash", "seconds": 1}
    directory.run(output_filename="film.zip", video=copy, audio=copy, package=package)
    output, evidence = directory.plan.outputs[0], directory.outcome.evidence[0]
    manifest = directory.path / output.path / "index.mpd"
    manifest.write_text(manifest.read_text().replace(old, new))

    with pytest.raises(TranscodeError, match="nothing was published"):
        ffmpeg.verify_package(
            directory.runtime,
            output,
            evidence,
            cwd=directory.path,
            on_progress=lambda _report: None,
        )


def test_more_files_than_allowed_end_the_run(
    open_job: Callable[..., JobDirectory], clip: Path
) -> None:
    directory = open_job(clip)
    limits = replace(directory.runtime.limits, max_files=3)
    directory.runtime = replace(directory.runtime, limits=limits)
    filters = ["setpts=PTS"]  # planning does not predict how many pictures filters leave

    with pytest.raises(TranscodeError, match="more than 3 files"):
        directory.run(
            output_filename="a.zip", video={"filters": filters}, package={"type": "pictures"}
        )


@pytest.mark.parametrize(
    "package", [{"type": "hls"}, pytest.param({"type": "dash"}, marks=pytest.mark.wide)]
)
def test_segments_without_a_stream_of_the_plan_are_refused(
    open_job: Callable[..., JobDirectory], clip: Path, package: dict[str, Any]
) -> None:
    directory = open_job(clip)
    copy = {"codec": "copy"}
    directory.run(output_filename="film.zip", video=copy, audio=copy, package=package)
    output, evidence = directory.plan.outputs[0], directory.outcome.evidence[0]
    more = replace(output.expected, streams=(*output.expected.streams, "audio"))

    with pytest.raises(TranscodeError, match="have 1 audio streams instead of 2"):
        ffmpeg.verify_package(
            directory.runtime,
            replace(output, expected=more),
            evidence,
            cwd=directory.path,
            on_progress=lambda _report: None,
        )


def link(folder: Path) -> None:
    (folder / "index.csv").unlink()
    (folder / "index.csv").symlink_to("/etc/passwd")


def name_another(folder: Path) -> None:
    (folder / "index.csv").write_text("../../input,0,1\n")


def leave_one_out(folder: Path) -> None:
    lines = (folder / "index.csv").read_text().splitlines(keepends=True)
    (folder / "index.csv").write_text("".join(lines[1:]))


def add_one(folder: Path) -> None:
    (folder / "evil.html").write_text("<script>")


def break_one(folder: Path) -> None:
    (folder / "segment-00000.mkv").write_bytes(b"no film")


@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        (link, "does not expect|no regular file"),
        pytest.param(name_another, "has the line", marks=pytest.mark.wide),
        pytest.param(leave_one_out, "names 3 segments, of 4", marks=pytest.mark.wide),
        pytest.param(add_one, "does not expect", marks=pytest.mark.wide),
        pytest.param(break_one, "cannot be read", marks=pytest.mark.wide),
    ],
)
def test_a_package_that_was_changed_is_refused(
    open_job: Callable[..., JobDirectory],
    clip: Path,
    tamper: Callable[[Path], None],
    reason: str,
) -> None:
    directory = open_job(clip)
    directory.run(
        output_filename="parts.mkv",
        video=FAST,
        audio=False,
        package={"type": "segments", "seconds": 0.5, "list": "csv"},
    )
    output, evidence = directory.plan.outputs[0], directory.outcome.evidence[0]
    tamper(directory.path / output.path)

    with pytest.raises(TranscodeError, match=reason):
        ffmpeg.verify_package(
            directory.runtime,
            output,
            evidence,
            cwd=directory.path,
            on_progress=lambda _report: None,
        )
