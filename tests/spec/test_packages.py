"""The section `package` of the job JSON."""

import json
from typing import Any

import pytest

from ffremote import spec
from ffremote.errors import InvalidArgument


@pytest.mark.parametrize(
    ("package", "field", "reason"),
    [
        ({}, "package.type", "required"),
        ({"type": "segments"}, "package.seconds", "required"),
        ({"type": "segments", "seconds": 0}, "package.seconds", "minimum is 0.1"),
        ({"type": "segments", "seconds": -1}, "package.seconds", "between 0"),
        ({"type": "segments", "seconds": 2, "times": [1]}, "package.seconds", "not both"),
        ({"type": "segments", "times": [2, 1]}, "package.times", "rise"),
        ({"type": "segments", "times": [0, 1]}, "package.times", "greater than 0"),
        ({"type": "segments", "times": []}, "package.times", "no items"),
        ({"type": "segments", "seconds": 2, "container": "exe"}, "package.container", "'mp4'"),
        ({"type": "segments", "seconds": 2, "count": 3}, "package.count", "is not for segments"),
        ({"type": "segments", "seconds": 2, "digits": 0}, "package.digits", "minimum is 1"),
        ({"type": "pictures", "count": 20_001}, "package.count", "maximum is 20000"),
        ({"type": "pictures", "fps": 1, "every": 2}, "package.every", "exclude each other"),
        ({"type": "pictures", "every": 0}, "package.every", "minimum is 0.005"),
        ({"type": "pictures", "quality": 40}, "package.quality", "1 to 31"),
        ({"type": "pictures", "quality": 5, "format": "png"}, "package.quality", "not for png"),
        ({"type": "pictures", "format": "svg"}, "package.format", "'jpg'"),
        ({"type": "pictures", "start_number": -1}, "package.start_number", "minimum is 0"),
        ({"type": "hls", "seconds": 0}, "package.seconds", "minimum is 0.1"),
        ({"type": "hls", "seconds": 61}, "package.seconds", "1 to 60"),
        ({"type": "dash", "start_number": 1}, "package.start_number", "not for dash"),
        ({"type": "hls", "times": [2]}, "package.times", "not for hls"),
        ({"type": "hls", "renditions": []}, "package.renditions", "no items"),
        ({"type": "hls", "renditions": [{}]}, "package.renditions[0].height", "required"),
        (
            {"type": "hls", "renditions": [{"height": 0}]},
            "package.renditions[0].height",
            "minimum is 16",
        ),
        ({"type": "hls", "variants": []}, "package.variants", "no items"),
        ({"type": "dash", "variants": [{}]}, "package.variants", "not for dash"),
        ({"type": "hls", "variants": [{}, {}]}, "package.variants[0].streams", "is required"),
        (
            {"type": "hls", "variants": [{}], "renditions": [{"height": 240}]},
            "package.variants",
            "exclude",
        ),
        (
            {"type": "hls", "variants": [{"streams": ["v:0"], "audio_group": "x"}]},
            "package.variants[0].audio_group",
            "no variant of audio",
        ),
        (
            {"type": "hls", "variants": [{"streams": ["v:0"], "language": "eng"}]},
            "package.variants[0].language",
            "without video",
        ),
        ({"type": "pictures", "key_frames": False}, "package.key_frames", "not for pictures"),
        ({"type": "pictures", "name": "a%d.png"}, "package.name", "Unknown key"),
        ({"type": "sprites", "width": 8}, "package.width", "minimum is 16"),
        ({"type": "sprites", "height": 1080}, "package.height", "maximum is 512"),
        ({"type": "sprites", "columns": 0}, "package.columns", "minimum is 1"),
        ({"type": "sprites", "rows": 21}, "package.rows", "maximum is 20"),
        ({"type": "sprites", "count": 3, "every": 2}, "package.count", "excludes fps and every"),
        ({"type": "sprites", "format": "tiff"}, "package.format", "jpg, png, webp"),
        ({"type": "sprites", "quality": 40}, "package.quality", "1 to 31"),
        ({"type": "sprites", "digits": 3}, "package.digits", "not for sprites"),
        ({"type": "pictures", "columns": 3}, "package.columns", "not for pictures"),
    ],
)
def test_a_wrong_package_is_refused_by_its_field(
    package: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(InvalidArgument, match=reason) as caught:
        spec.build_job({"output_filename": "a.zip", "package": package})

    assert caught.value.field == field


@pytest.mark.parametrize("other", [{"container": "mp4"}, {"thumbnail": {"at": 1}}])
def test_a_package_decides_what_its_output_is(other: dict[str, Any]) -> None:
    package = {"type": "segments", "seconds": "00:00:02"}
    [key] = other

    with pytest.raises(InvalidArgument, match="exclude each other") as caught:
        spec.build_job(
            {"outputs": [{"output_filename": "a.zip", "package": package, **other}]},
        )

    assert caught.value.field == f"outputs[0].{key}"


def test_a_package_replaces_the_container_of_a_preset() -> None:
    preset = spec.Preset("small", "", {"container": "mp4", "video": {"codec": "h264"}})
    job = spec.build_job(
        {
            "output_filename": "a",
            "preset": "small",
            "package": {"type": "segments", "seconds": 2},
        },
        presets={"small": preset},
    )

    assert job.container is None
    assert json.loads(job.to_json())["package"] == {"type": "segments", "seconds": 2.0}
