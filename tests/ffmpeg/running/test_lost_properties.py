"""Chapters, languages, titles, flags and rotations are kept, or named once in a warning."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from tests.support.job_directory import JobDirectory
from tests.support.matrices import sampled

COPY = {"video": {"codec": "copy"}, "audio": {"codec": "copy"}}
CHAPTERS = "The 2 chapters were lost: {} cannot hold any; mp4, mkv and mp3 can."


@pytest.fixture(scope="session")
def marked(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files whose streams have many properties."""
    folder = tmp_path_factory.mktemp("marked")
    parts = "[CHAPTER]\nTIMEBASE=1/1000\nSTART={}\nEND={}\ntitle=x\n"
    text = ";FFMETADATA1\n" + parts.format(0, 500) + parts.format(500, 1000)
    (folder / "chapters").write_text(text)
    (folder / "a.srt").write_text("1\n00:00:00,100 --> 00:00:00,900\nHello\n")
    film = "-f lavfi -i testsrc2=s=160x120:r=10:d=1 -f lavfi -i sine=440:d=1"
    x264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"

    def make(name: str, line: str) -> None:
        words = [binaries.ffmpeg, "-v", "error", *line.split(), folder / name]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL, cwd=folder)

    make("chapters.mkv", f"{film} -i chapters -map_chapters 2 {x264}")
    make("named.mkv", f"{film} {x264} -metadata:s:a:0 language=fra -metadata:s:a:0 title=Stereo")
    make(
        "forced.mkv",
        f"{film} -i a.srt -map 0 -map 1 -map 2 {x264} -c:s srt -disposition:s:0 forced",
    )
    return folder


@pytest.mark.parametrize(
    ("source", "name", "job", "warnings"),
    sampled(
        [
            ("chapters.mkv", "a.avi", {}, [CHAPTERS.format("avi")]),
            ("chapters.mkv", "a.mp4", {}, []),
            ("chapters.mkv", "a.mp3", {}, []),
            ("chapters.mkv", "a.wav", {}, [CHAPTERS.format("wav")]),
            ("chapters.mkv", "a.avi", {"strip_metadata": True}, []),
            ("chapters.mkv", "a.mkv", {"extra_args": ["-map_chapters", "-1"]}, []),
            ("chapters.mkv", "a.mkv", {"extra_args": ["-map_metadata", "-1"]}, []),
            ("chapters.mkv", "a.ts", {"input": {"start": 0.6}}, []),
            ("chapters.mkv", "a.jpg", {"thumbnail": {"at": 0}}, []),
            ("named.mkv", "a.mkv", {}, []),
            (
                "named.mkv",
                "a.flv",
                {},
                [
                    "The language is lost (stream 1 of the input): flv does not keep it; mkv does.",
                    "The title is lost (stream 1 of the input): flv does not keep it; mkv does.",
                ],
            ),
            ("named.mkv", "a.flv", {"strip_metadata": True}, []),
            ("forced.mkv", "a.mkv", {**COPY, "streams": ["0"]}, []),
            ("forced.mkv", "a.mp4", {"streams": ["0"]}, []),
        ],
        0,
        3,
        5,
        10,
    ),
)
def test_properties_of_streams_are_kept_or_named(
    open_job: Callable[[Path], JobDirectory],
    marked: Path,
    source: str,
    name: str,
    job: dict[str, Any],
    warnings: list[str],
) -> None:
    directory = open_job(marked / source)

    directory.run(output_filename=name, **job)

    assert list(directory.warnings) == warnings


@pytest.fixture(scope="session")
def labelled(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files that have many tags."""
    folder = tmp_path_factory.mktemp("labelled")
    words = {"title": "T", "artist": "A", "album": "B", "date": "2020", "comment": "C"}
    own = {**words, "composer": "M", "mykey": "K", "creation_time": "2020-01-01T00:00:00Z"}
    film = "-f lavfi -i testsrc2=s=160x120:r=5:d=1"
    sound = "-f lavfi -i sine=d=1"
    x264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
    for name, line, tags in (
        ("film.mkv", f"{film} {sound} {x264} -c:a aac", own),
        ("plain.mp4", f"{film} {x264}", {}),
        ("words.mp4", f"{film} {x264}", words),
        ("song.mp3", sound, words),
        ("song.opus", f"{sound} -c:a libopus", own),
        ("film.flv", f"{film} {x264}", {"title": "T"}),
    ):
        message = [word for key, text in tags.items() for word in ("-metadata", f"{key}={text}")]
        argv = [binaries.ffmpeg, "-v", "error", *line.split(), *message, folder / name]
        subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)
    return folder


USE_TAGS = '`--extra-args "-movflags +faststart+use_metadata_tags"` (`extra_args`) or mkv does.'


@pytest.mark.parametrize(
    ("source", "name", "job", "warnings"),
    sampled(
        [
            ("film.mkv", "a.mkv", {}, []),
            (
                "film.mkv",
                "a.mp4",
                {},
                [f"The tag mykey is lost: mp4 does not keep it; {USE_TAGS}"],
            ),
            (
                "film.mkv",
                "a.mp4",
                {"extra_args": ["-movflags", "+faststart+use_metadata_tags"]},
                [],
            ),
            ("film.mkv", "a.mp4", {"strip_metadata": True}, []),
            ("film.mkv", "a.mp4", {"metadata": {"mykey": ""}}, []),
            ("film.mkv", "a.mp4", {"extra_args": ["-map_metadata", "-1"]}, []),
            (
                "film.mkv",
                "a.ts",
                {},
                [
                    (
                        "The tags album, artist, comment, composer, date, mykey are lost: ts does"
                        " not keep them; mkv does."
                    )
                ],
            ),
            (
                "film.mkv",
                "a.wav",
                {},
                [
                    (
                        "The tags composer, mykey are lost: wav does not keep them; mp3, flac and"
                        " mka do."
                    )
                ],
            ),
            ("film.mkv", "a.mp3", {}, []),
            ("film.mkv", "a.gif", {}, []),
            ("film.mkv", "a.jpg", {"thumbnail": {}}, []),
            ("plain.mp4", "a.avi", {}, []),
            ("plain.mp4", "a.ts", {}, []),
            ("words.mp4", "a.mkv", {}, []),
            ("words.mp4", "a.avi", {}, []),
            ("words.mp4", "a.flv", {}, []),
            ("words.mp4", "a.mov", {}, []),
            ("film.flv", "a.mp4", {}, []),
            ("song.mp3", "a.flac", {}, []),
            ("song.mp3", "a.wav", {}, []),
            ("song.mp3", "a.wma", {}, []),
            ("song.mp3", "a.opus", {}, []),
            (
                "song.mp3",
                "a.aac",
                {},
                [
                    (
                        "The tags album, artist, comment, date, title are lost: aac does not keep"
                        " them; mp3, flac and mka do."
                    )
                ],
            ),
            # FFmpeg itself drops the tags of an Ogg
            ("song.opus", "a.mp3", {}, []),
            ("song.opus", "a.flac", {}, []),
            ("song.opus", "a.ogg", {}, []),
            ("song.opus", "a.mp3", {"strip_metadata": True}, []),
        ],
        1,
        3,
        6,
        21,
        23,
    ),
)
def test_tags_of_a_file_are_kept_or_named(
    open_job: Callable[[Path], JobDirectory],
    labelled: Path,
    source: str,
    name: str,
    job: dict[str, Any],
    warnings: list[str],
) -> None:
    directory = open_job(labelled / source)

    made = directory.run(output_filename=name, **job)

    tags = [text for text in directory.warnings if "tag" in text]
    assert tags == warnings
    if source == "song.opus":
        assert ("artist" in {each.lower() for each in made.labels}) is not bool(job)
