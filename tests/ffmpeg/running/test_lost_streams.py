"""Streams of the input are kept, or named in a warning with the option that keeps them."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg.planning import extraction
from tests.support.job_directory import JobDirectory
from tests.support.paths import MEDIA

OpenJob = Callable[[Path], JobDirectory]
COPY = {"video": {"codec": "copy"}, "audio": {"codec": "copy"}}
ALL = {**COPY, "subtitles": {"mode": "copy"}, "streams": ["0"]}
wide = pytest.mark.wide


@pytest.fixture(scope="session")
def media(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small files with more streams than one video and one audio."""
    folder = tmp_path_factory.mktemp("losses")
    picture = "-f lavfi -i testsrc2=s=160x120:r=10:d=1"
    sound = "-f lavfi -i sine=440:d=1"
    cover = "-f lavfi -i testsrc=s=64x64:r=1:d=1"
    x264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
    (folder / "a.srt").write_text("1\n00:00:00,100 --> 00:00:00,900\nHello\n")
    (folder / "chapters").write_text(
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=One\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=500\nEND=1000\ntitle=Two\n"
    )

    def make(name: str, line: str) -> None:
        words = [binaries.ffmpeg, "-v", "error", *line.split(), folder / name]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL, cwd=folder)

    song = f"{sound} {cover} -map 0 -map 1 -frames:v 1 -disposition:v attached_pic"
    make("jpeg.flac", f"{song} -c:v mjpeg -pix_fmt yuvj420p")
    make("png.mp3", f"{song} -c:v png")
    subtitles = "-i a.srt -i a.srt"
    make(
        "many.mkv",
        f"{picture} {sound} {sound} {sound} {subtitles} -map 0 -map 1 -map 2 -map 3 -map 4 -map 5"
        f" {x264} -c:a aac -c:s srt -metadata:s:a:1 language=fra -metadata:s:s:1 language=deu",
    )
    make("chapters.mkv", f"{picture} {sound} -i chapters -map_chapters 2 {x264} -c:a aac")
    make("timecode.mov", f"{picture} -timecode 01:00:00:00 {x264}")
    make("film.mp4", f"{picture} {sound} {x264} -c:a aac")
    make("book.m4b", "-i jpeg.flac -map 0 -c:a aac -c:v copy -f ipod")
    make("films.mkv", f"{picture} {picture} {sound} -map 0 -map 1 -map 2 {x264} -c:a aac")
    programs = "-program title=One:st=0:st=1 -program title=Two:st=2:st=3"
    two = f"{picture} {sound} {picture} {sound} -map 0 -map 1 -map 2 -map 3"
    make("programs.ts", f"{two} -c:v mpeg2video -c:a mp2 {programs}")
    make("covered.mp4", "-i film.mp4 -i jpeg.flac -map 0 -map 1:v -c copy")
    still = "-f lavfi -i color=s=160x120:r=25:d={} -c:v mpeg2video -b:v 100k"
    make("silent.vob", still.format(60))
    make("loud.vob", f"-f lavfi -i sine=d=4 {still.format(4)} -c:a mp2 -output_ts_offset 60")
    parts = [(folder / name).read_bytes() for name in ("silent.vob", "loud.vob")]
    (folder / "late.vob").write_bytes(b"".join(parts))
    return folder


def shape(made: ffmpeg.MediaInfo) -> list[str]:
    """Return `kind codec` of each stream, `cover codec` for a cover."""
    kinds = {s.index: "cover" if s.is_picture else s.kind for s in made.streams}
    return [f"{kinds[s.index]} {s.codec}" for s in made.streams]


FONT = "attachment ttf"
FONTS = ["video h264", "subtitle ass", FONT]
INPUT = ["video h264", "audio aac"]
EVERY = '`--map 0` (`streams: ["0"]`) keeps all.'
TELEMETRY = "The data track was left out (2: gpmd)"
COVER = (
    "The cover picture was left out (1: mjpeg): {} holds no covers; mp3, m4a, mp4, flac and mkv do."
)
Row = tuple[str, str, dict[str, Any], list[str], list[str]]
ROWS: list[Row] = [
    # attached fonts
    ("F11/fonts.mkv", "a.mkv", ALL, FONTS, []),
    ("F11/fonts.mkv", "a.mkv", {**COPY, "streams": ["0:v", "0:s", "0:t"]}, FONTS, []),
    ("F11/fonts.mkv", "a.mkv", {**ALL, "strip_metadata": True}, FONTS, []),
    ("F11/fonts.mkv", "a.mkv", {**ALL, "streams": ["0", "-0:t"]}, FONTS[:2], []),
    ("F11/fonts.mkv", "a.mkv", {"preset": "archive"}, ["video hevc", *FONTS[1:]], []),
    (
        "F11/fonts.mkv",
        "a.mkv",
        {"video": {"codec": "copy"}},
        FONTS[:2],
        [f"The attached file was left out (2: ttf, BoxGlyphs.ttf). {EVERY}"],
    ),
    (
        "F11/fonts.mkv",
        "a.mp4",
        {"streams": ["0"]},
        ["video h264", "subtitle mov_text"],
        ["The attached file was left out (2: ttf, BoxGlyphs.ttf): mp4 holds none; mkv does."],
    ),
    # data
    ("F18/gopro.mp4", "a.mp4", ALL, [*INPUT, "data bin_data"], []),
    ("F18/gopro.mp4", "a.mov", ALL, [*INPUT, "data bin_data"], []),
    (
        "F18/gopro.mp4",
        "a.mp4",
        {**COPY, "streams": ["0:v", "0:d:0"]},
        [INPUT[0], "data bin_data"],
        [],
    ),
    ("F18/gopro.mp4", "a.mp4", {**ALL, "extra_args": ["-dn"]}, INPUT, []),
    ("F18/gopro.mp4", "a.mp4", {}, INPUT, [f"{TELEMETRY}. {EVERY}"]),
    (
        "F18/gopro.mp4",
        "a.mkv",
        ALL,
        INPUT,
        [f"{TELEMETRY}: mkv cannot hold such data; mp4 and mov can, with `--map 0`."],
    ),
    ("timecode.mov", "a.mp4", ALL, ["video h264", "data unknown"], []),
    ("timecode.mov", "a.mov", ALL, ["video h264", "data unknown"], []),
    ("timecode.mov", "a.mp4", {}, ["video h264", "data unknown"], []),
    # covers
    ("jpeg.flac", "a.mp3", {"preset": "mp3"}, ["audio mp3", "cover mjpeg"], []),
    ("jpeg.flac", "a.mp3", {"video": {"codec": "copy"}}, ["audio mp3", "cover mjpeg"], []),
    ("jpeg.flac", "a.mp3", {"video": {"scale": "32:32"}}, ["audio mp3", "cover mjpeg"], []),
    ("jpeg.flac", "a.mp3", {"video": {"codec": "png"}}, ["audio mp3", "cover png"], []),
    ("jpeg.flac", "a.mp3", {"video": False}, ["audio mp3"], []),
    ("jpeg.flac", "a.m4a", {"audio": {"codec": "alac"}}, ["audio alac", "cover mjpeg"], []),
    ("jpeg.flac", "a.mp4", {}, ["audio aac", "cover mjpeg"], []),
    ("jpeg.flac", "a.flac", {**COPY, "streams": ["0"]}, ["audio flac", "cover mjpeg"], []),
    ("jpeg.flac", "a.flac", {"input": {"start": 0.5}}, ["audio flac", "cover mjpeg"], []),
    ("jpeg.flac", "a.mka", {"audio": {"codec": "copy"}}, ["audio flac", "cover mjpeg"], []),
    ("jpeg.flac", "a.mkv", ALL, ["audio flac", "cover mjpeg"], []),
    ("jpeg.flac", "a.aiff", {}, ["audio pcm_s16be", "cover mjpeg"], []),
    ("png.mp3", "a.mka", ALL, ["audio mp3", "cover png"], []),
    ("png.mp3", "a.flac", {}, ["audio flac", "cover png"], []),
    ("jpeg.flac", "a.wav", {}, ["audio pcm_s16le"], [COVER.format("wav")]),
    ("jpeg.flac", "a.opus", {"preset": "opus"}, ["audio opus"], [COVER.format("opus")]),
    ("jpeg.flac", "a.aac", {}, ["audio aac"], [COVER.format("aac")]),
    ("covered.mp4", "a.mp4", {"video": {"scale": "80:60"}}, [*INPUT, "cover mjpeg"], []),
    (
        "covered.mp4",
        "a.mp4",
        {"video": {"codec": "hevc"}},
        ["video hevc", "audio aac", "cover mjpeg"],
        [],
    ),
    ("covered.mp4", "a.mkv", {}, [*INPUT, "cover mjpeg"], []),
    ("covered.mp4", "a.m4a", {"audio": {"codec": "copy"}}, ["audio aac", "cover mjpeg"], []),
    ("covered.mp4", "a.mov", ALL, INPUT, [COVER.format("mov").replace("1:", "2:")]),
    # more than one track of a kind
    (
        "many.mkv",
        "a.mp4",
        {},
        INPUT,
        [
            f"2 of 3 audio tracks were left out (2: aac, fra; 3: aac). {EVERY}",
            (
                "2 of 2 subtitle tracks were left out (4: subrip; 5: subrip, deu)."
                " `--subtitles copy` (`subtitles.mode`) keeps all that fit."
            ),
        ],
    ),
    (
        "many.mkv",
        "a.mp4",
        {"streams": ["0"]},
        [*INPUT, "audio aac", "audio aac", "subtitle mov_text", "subtitle mov_text"],
        [],
    ),
    (
        "many.mkv",
        "a.mp3",
        {},
        ["audio mp3"],
        [
            (
                "2 of 3 audio tracks were left out (2: aac, fra; 3: aac): mp3 holds one;"
                " `--audio-track N` (`audio.track`) chooses another."
            )
        ],
    ),
    (
        "many.mkv",
        "a.mp3",
        {"audio": {"track": 1}},
        ["audio mp3"],
        ["The language is lost (stream 2 of the input): mp3 does not keep it; mkv does."],
    ),
    ("many.mkv", "a.mp4", {"streams": ["0:v", "0:a:1"]}, INPUT, []),
    # several videos
    ("films.mkv", "a.mp4", {}, INPUT, [f"1 of 2 video tracks was left out (1: h264). {EVERY}"]),
    ("films.mkv", "a.mp4", {"streams": ["0"]}, ["video h264", *INPUT], []),
    ("films.mkv", "a.mp4", {"video": {"track": 1}}, INPUT, []),
    (
        "programs.ts",
        "a.mp4",
        {},
        INPUT,
        [
            f"1 of 2 video tracks was left out (2: mpeg2video). {EVERY}",
            f"1 of 2 audio tracks was left out (3: mp2). {EVERY}",
        ],
    ),
    # streams that begin late, and packets without timestamps
    ("late.vob", "a.mp4", {}, INPUT, []),
    ("F17/old.avi", "a.mkv", COPY, ["video mpeg4", "audio mp3"], []),
    ("F17/old.avi", "a.mp4", COPY, ["video mpeg4", "audio mp3"], []),
    # subtitles
    (
        "many.mkv",
        "a.mkv",
        {**ALL, "subtitles": {"mode": "drop"}},
        [*INPUT, "audio aac", "audio aac"],
        [],
    ),
    (
        "many.mkv",
        "a.mkv",
        {**COPY, "audio": {"codec": "copy", "track": 1}},
        [*INPUT, "subtitle subrip"],
        [
            (
                "1 of 2 subtitle tracks was left out (5: subrip, deu)."
                " `--subtitles copy` (`subtitles.mode`) keeps all that fit."
            )
        ],
    ),
    (
        "many.mkv",
        "a.mkv",
        {"audio": False, "extra_args": ["-c:s", "copy"]},
        ["video h264", "subtitle subrip"],
        [
            (
                "1 of 2 subtitle tracks was left out (5: subrip, deu)."
                " `--subtitles copy` (`subtitles.mode`) keeps all that fit."
            )
        ],
    ),
    (
        "many.mkv",
        "a.srt",
        {},
        ["subtitle subrip"],
        [
            (
                "1 of 2 subtitle tracks was left out (5: subrip, deu): srt holds one;"
                " `--subtitle-track N` (`subtitles.track`) chooses another."
            )
        ],
    ),
    (
        "many.mkv",
        "a.avi",
        {"audio": {"track": 0}},
        ["video mpeg4", "audio mp3"],
        [
            (
                "2 of 2 subtitle tracks were left out (4: subrip; 5: subrip, deu): avi cannot hold"
                " subrip; mkv can."
            )
        ],
    ),
]


@pytest.mark.parametrize(
    ("source", "name", "job", "kept", "warnings"),
    [
        pytest.param(*row, id=f"{row[0]}-{row[1]}-{place}", marks=[wide] if place % 6 else [])
        for place, row in enumerate(ROWS)
    ],
)
def test_streams_of_the_input_are_kept_or_named(
    open_job: OpenJob,
    media: Path,
    source: str,
    name: str,
    job: dict[str, Any],
    kept: list[str],
    warnings: list[str],
) -> None:
    directory = open_job(MEDIA / source if "/" in source else media / source)

    made = directory.run(output_filename=name, **job)

    assert shape(made) == kept
    assert list(directory.warnings) == warnings


@pytest.mark.parametrize(
    "source",
    ["book.m4b", *(pytest.param(name, marks=wide) for name in ("covered.mp4", "png.mp3"))],
)
def test_a_cover_is_no_video_with_a_duration(open_job: OpenJob, media: Path, source: str) -> None:
    directory = open_job(media / source)

    made = directory.run(output_filename="a.mp3", preset="mp3")

    assert shape(made)[0] == "audio mp3"
    assert directory.warnings == ()
    assert directory.plan.expected.lengths[1:] in ((), (None,))


@pytest.mark.parametrize(
    ("source", "preset", "name"),
    [
        ("jpeg.flac", "mp3", "a.mp3"),
        pytest.param("timecode.mov", "web-720p", "a.mp4", marks=wide),
        pytest.param("timecode.mov", "archive", "a.mkv", marks=wide),
        pytest.param("timecode.mov", "web-720p", "a.gif", marks=wide),
    ],
)
def test_a_preset_does_not_warn_of_streams_that_the_input_lacks(
    open_job: OpenJob, media: Path, source: str, preset: str, name: str
) -> None:
    directory = open_job(media / source)

    directory.run(output_filename=name, preset=preset)

    assert not [text for text in directory.warnings if "none" in text]


def test_a_job_that_asks_for_audio_is_warned_that_there_is_none(
    open_job: OpenJob, media: Path
) -> None:
    directory = open_job(media / "timecode.mov")

    directory.run(output_filename="a.mp4", audio={"codec": "aac"})

    assert directory.warnings == ("The input has no audio; the result has none either.",)


def test_fonts_beyond_the_bounds_are_named(
    open_job: OpenJob, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction, "MAX_FONTS", 0)
    directory = open_job(MEDIA / "F11" / "fonts.mkv")

    directory.run(output_filename="a.mp4", subtitles={"mode": "burn"}, streams=["0:v"])

    assert [text for text in directory.warnings if "fonts" in text] == [
        (
            "1 of 1 attached fonts was not used for the burned subtitles: 0 fonts of 32 MiB each"
            " are read; `--subtitles copy` (`subtitles.mode`) into mkv keeps the text, and"
            " `--map 0` all fonts."
        )
    ]
