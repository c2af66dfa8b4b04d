"""Fonts and pictures that a job attaches to its result."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import TranscodeError
from ffremote.ffmpeg.sandbox import sandbox
from tests.support.job_directory import JobDirectory
from tests.support.plans import ALL

OpenJob = Callable[..., JobDirectory]
FONT = next(sandbox.FONTS.glob("*.ttf"))
FILM = {"role": "media"}


@pytest.fixture(scope="session")
def picture(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small PNG file."""
    path = tmp_path_factory.mktemp("picture") / "cover.png"
    words = ["-v", "error", "-f", "lavfi", "-i", "color=red:s=32x32", "-frames:v", "1", path]
    subprocess.run([binaries.ffmpeg, *words], check=True)
    return path


def attached_font(job: JobDirectory) -> bytes:
    """Return the bytes of the first attachment of the result that is no picture."""
    path = job.path / "attached"
    words = ["-v", "error", "-dump_attachment:t:0", path, "-i", job.result]
    subprocess.run([job.runtime.binaries.ffmpeg, "-y", *words], check=False, capture_output=True)
    return path.read_bytes()


def attached_picture(job: JobDirectory) -> bytes:
    """Return the bytes of the attached picture, which FFmpeg reads as a video stream."""
    words = ["-v", "error", "-i", job.result, "-map", "0:v:1", "-c", "copy", "-f", "image2pipe"]
    argv = [job.runtime.binaries.ffmpeg, *words, "-"]
    return subprocess.run(argv, check=True, capture_output=True).stdout


def test_a_font_and_a_picture_are_attached_as_they_are(
    open_job: OpenJob, clip: Path, picture: Path
) -> None:
    job = open_job(clip, picture, FONT)

    job.run(
        output_filename="o.mkv",
        inputs=[FILM, FILM, {"role": "font"}],
        video={"codec": "copy"},
        attachments=[{"input": 2, "filename": "DejaVu.ttf"}, {"input": 1}],
    )

    assert attached_font(job) == FONT.read_bytes()
    assert attached_picture(job) == picture.read_bytes()
    files = [stream for stream in job.made[0].streams if stream.tags.get("filename")]
    assert [stream.tags["filename"] for stream in files] == ["DejaVu.ttf", "cover.png"]
    assert [stream.tags["mimetype"] for stream in files] == [
        "application/x-truetype-font",
        "image/png",
    ]
    assert not [warning for warning in job.warnings if "not used" in warning]
    assert len(job.made[0].video_streams) == 1


def test_a_film_is_not_attached(open_job: OpenJob, clip: Path) -> None:
    job = open_job(clip, clip)

    with pytest.raises(TranscodeError, match="no font and no JPEG or PNG picture"):
        job.run(output_filename="o.mkv", inputs=[FILM, FILM], attachments=[{"input": 1}])


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"output_filename": "a.mp4"}, "attachments", "mp4 cannot hold attached files"),
        ({"attachments": [{"input": 0}]}, "attachments[0].input", "which makes the result"),
        ({"attachments": [{"input": 4}]}, "attachments[0].input", "the job has 2"),
        ({"attachments": []}, "attachments", "no items"),
        ({"attachments": [{"input": 1, "filename": "a/b"}]}, "attachments[0].filename", "director"),
        ({"inputs": [{}, {"role": "lut"}]}, "attachments[0].input", "fonts and pictures"),
        ({"inputs": [{}, {}], "concat": "encode"}, "attachments", "concat exclude each other"),
        (
            {"outputs": [{"output_filename": "a.mp4", "attachments": [{"input": 1}]}]},
            "outputs[0].attachments",
            "mp4 cannot hold",
        ),
    ],
)
def test_what_cannot_be_attached_is_refused_by_its_field(
    fields: dict[str, object], field: str, words: str
) -> None:
    whole = {"output_filename": "a.mkv", "attachments": [{"input": 1}]}
    job = {"inputs": [{}, {"role": "font"}], **({} if "outputs" in fields else whole), **fields}

    with pytest.raises(InvalidArgument) as caught:
        ffmpeg.check(spec.build_job(job), ALL)

    assert caught.value.details["field"] == field
    assert words in str(caught.value)
