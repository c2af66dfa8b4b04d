"""The job JSON that the options of `run` and `submit` produce."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from pydantic import BaseModel

from ffremote.spec import JobSpec
from ffremote_cli.errors import LocalFileProblem, Misused
from ffremote_cli.settings.job_option_table import SECTIONS
from ffremote_cli.settings.job_options import JobCommand, job_of

WRITTEN_IN_ONE = (
    "attachments.",
    "audio.loudness.",
    "audio.mix.",
    "inputs.",
    "outputs.",
    "overlays.",
    "package.renditions.",
    "package.variants.",
)
"""What one option sets as a whole, and lists of which options set the first item or none."""


def job_from(*args: str) -> dict[str, Any]:
    command = JobCommand("run")
    with command.make_context("run", list(args)) as ctx:
        values = dict(ctx.params)
    return job_of(values, values.pop("job_file"))


def test_every_option_sets_its_key() -> None:
    job = job_from(
        *("--video-codec", "libx264", "--crf", "23", "--qp", "20", "--video-bitrate", "3M"),
        *("--maxrate", "4M", "--bufsize", "8M", "--video-preset", "slow", "--tune", "film"),
        *("--video-profile", "high", "--level", "4.1", "--pix-fmt", "yuv420p", "--fps", "30"),
        *("--gop", "48", "--bframes", "3", "--scale", "1280:-2", "--crop", "640:480"),
        *("--rotate", "90", "--flip", "both", "--deinterlace", "--two-pass"),
        *("--video-filter", "hqdn3d", "--video-filter", "eq=contrast=1.1"),
        *("--hardware", "prefer", "--video-track", "0"),
        *("--audio-codec", "aac", "--audio-bitrate", "192k", "--audio-quality", "2"),
        *("--sample-rate", "48000", "--channels", "2", "--volume", "-3dB", "--loudness", "-16"),
        *("--audio-filter", "highpass=f=80", "--audio-track", "1"),
        *("--subtitles", "convert", "--subtitle-codec", "mov_text", "--subtitle-track", "0"),
        *("--subtitle-style", "FontSize=28", "--subtitles-first"),
        *("--map", "0:v:0", "--map", "0:a?", "--metadata", "title=A=B", "--strip-metadata"),
        *("--thumbnail-at", "5", "--thumbnail-width", "320", "--container", "mp4"),
        *("--preset", "web-720p", "--start", "1:30", "--duration", "20", "--end", "110"),
        *("--package", "segments", "--segment-times", "10,1:30", "--reset-timestamps", "no"),
        *("--renditions", "1080:5M:192k,720", "--variants", "v:0,a:0 v:1,a:1"),
        *("--key-frames", "no"),
        *(
            "--digits",
            "3",
            "--priority",
            "-5",
            "--worker-label",
            "gpu",
            "--label",
            "film=42",
            "--extra-args",
            "-movflags +faststart",
        ),
    )

    assert job == {
        "video": {
            "codec": "libx264",
            "crf": 23,
            "qp": 20,
            "bitrate": "3M",
            "maxrate": "4M",
            "bufsize": "8M",
            "preset": "slow",
            "tune": "film",
            "profile": "high",
            "level": "4.1",
            "pix_fmt": "yuv420p",
            "fps": "30",
            "gop": 48,
            "bframes": 3,
            "scale": "1280:-2",
            "crop": "640:480",
            "rotate": 90,
            "flip": "both",
            "deinterlace": True,
            "filters": ["hqdn3d", "eq=contrast=1.1"],
            "two_pass": True,
            "hardware": "prefer",
            "track": 0,
        },
        "audio": {
            "codec": "aac",
            "bitrate": "192k",
            "quality": 2,
            "sample_rate": 48000,
            "channels": 2,
            "volume": "-3dB",
            "loudness": -16,
            "filters": ["highpass=f=80"],
            "track": 1,
        },
        "subtitles": {
            "mode": "convert",
            "codec": "mov_text",
            "track": 0,
            "style": "FontSize=28",
            "before_filters": True,
        },
        "streams": ["0:v:0", "0:a?"],
        "metadata": {"title": "A=B"},
        "strip_metadata": True,
        "thumbnail": {"at": "5", "width": 320},
        "package": {
            "type": "segments",
            "times": ["10", "1:30"],
            "reset_timestamps": False,
            "renditions": [
                {"height": 1080, "bitrate": "5M", "audio_bitrate": "192k"},
                {"height": 720},
            ],
            "variants": [{"streams": ["v:0", "a:0"]}, {"streams": ["v:1", "a:1"]}],
            "key_frames": False,
            "digits": 3,
        },
        "container": "mp4",
        "preset": "web-720p",
        "input": {"start": "1:30", "duration": "20", "end": "110"},
        "priority": -5,
        "worker": {"require": ["gpu"]},
        "labels": {"film": "42"},
        "extra_args": ["-movflags", "+faststart"],
    }


def test_no_video_and_no_audio_are_false() -> None:
    assert job_from("--no-video") == {"video": False}
    assert job_from("--no-audio", "--crf", "23.5") == {"video": {"crf": 23.5}, "audio": False}


def test_no_video_with_a_video_option_is_a_usage_error() -> None:
    with pytest.raises(Misused, match="--no-video and --crf exclude each other"):
        job_from("--no-video", "--crf", "0")


def test_options_override_a_job_file(tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    path.write_text(json.dumps({"video": {"codec": "libx264", "crf": 30}, "labels": {"a": "1"}}))

    job = job_from("--job", str(path), "--crf", "23", "--label", "b=2")

    assert job == {"video": {"codec": "libx264", "crf": 23}, "labels": {"a": "1", "b": "2"}}


@pytest.mark.parametrize("text", ["{", "[]", "null"])
def test_a_job_file_without_a_json_object_is_a_local_problem(tmp_path: Path, text: str) -> None:
    path = tmp_path / "job.json"
    path.write_text(text)

    with pytest.raises(LocalFileProblem, match=r"job\.json"):
        job_from("--job", str(path))


def test_a_malformed_number_is_refused_with_its_option() -> None:
    with pytest.raises(click.BadParameter) as caught:
        job_from("--crf", "good")

    assert caught.value.format_message() == "Invalid value for '--crf': 'good' is not a number"


def test_a_subtitle_track_is_a_number_or_auto() -> None:
    assert job_from("--subtitle-track", "auto") == {"subtitles": {"track": "auto"}}
    assert job_from("--subtitle-track", "1") == {"subtitles": {"track": 1}}
    with pytest.raises(click.BadParameter, match="not a number"):
        job_from("--subtitle-track", "first")


def test_every_key_of_the_job_json_has_an_option() -> None:
    set_by_the_client = {"output_filename", "input.upload_id", "input.role", "probe"}
    set_by_the_client |= {"input.excerpt.size", "input.excerpt.parts"}
    options = {option.path for rows in SECTIONS.values() for option in rows}

    missing = {
        key for key in keys_of(JobSpec) if key not in options and not key.startswith(WRITTEN_IN_ONE)
    }

    assert missing == set_by_the_client


def keys_of(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """The dotted keys of a model and of its sections."""
    for name, field in model.model_fields.items():
        sections = list(models_in(field.annotation))
        for section in sections:
            yield from keys_of(section, f"{prefix}{name}.")
        if not sections:
            yield f"{prefix}{name}"


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation names, such as `Video | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)
