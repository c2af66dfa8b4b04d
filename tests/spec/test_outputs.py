"""One output or several in the job JSON."""

import json
from typing import Any

import pytest

from ffremote import spec
from ffremote.errors import InvalidArgument
from ffremote.spec.presets import Preset

FILM, SOUND = {"output_filename": "a.mp4"}, {"output_filename": "b.mp3"}
PRESETS = {
    "small": Preset("small", "", {"container": "mkv", "video": {"codec": "h264", "crf": 30}}),
    "cut": Preset("cut", "", {"input": {"start": 5}}),
}


def parse(**fields: Any) -> spec.JobSpec:
    return spec.parse_job(json.dumps(fields).encode(), presets=PRESETS, containers=("mp4", "mp3"))


def refusal(**fields: Any) -> tuple[str, str]:
    with pytest.raises(InvalidArgument) as caught:
        parse(**fields)
    return caught.value.details["field"], str(caught.value)


def test_a_job_of_several_outputs_is_one_job_for_each_with_the_same_inputs() -> None:
    job = parse(
        inputs=[{}, {"start": 2}],
        graph="[0:v][1:v]hstack[v]",
        outputs=[{**FILM, "streams": ["[v]"]}, {**SOUND, "video": False}],
    )

    assert [product.to_json() for product in job.products] == [
        parse(
            inputs=[{}, {"start": 2}], graph="[0:v][1:v]hstack[v]", streams=["[v]"], **FILM
        ).to_json(),
        parse(
            inputs=[{}, {"start": 2}], graph="[0:v][1:v]hstack[v]", video=False, **SOUND
        ).to_json(),
    ]
    assert job.name == "a.mp4"


def test_a_job_of_one_output_is_its_own_product() -> None:
    job = parse(**FILM)

    assert (job.products, job.name) == ((job,), "a.mp4")


def test_several_outputs_are_stored_and_read_back() -> None:
    job = parse(outputs=[{**FILM, "video": {"codec": "copy"}}, SOUND])

    assert json.loads(job.to_json()) == {"outputs": [{**FILM, "video": {"codec": "copy"}}, SOUND]}
    assert spec.load_job(job.to_json()) == job


def test_each_output_starts_from_a_preset_of_its_own() -> None:
    [film, sound] = parse(
        outputs=[{**FILM, "preset": "small", "video": {"crf": 20}}, SOUND]
    ).products

    assert film.container is None
    assert film.video_options == spec.Video(codec="h264", crf=20)
    assert sound.video is None


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({}, "output_filename", "output_filename is required"),
        ({"outputs": []}, "outputs", "it has no items"),
        ({"outputs": [FILM] * 9}, "outputs", "more than 8 items"),
        ({"outputs": [{}]}, "outputs[0].output_filename", "is required"),
        ({"outputs": [FILM], **FILM}, "outputs", "outputs and output_filename exclude each other"),
        ({"outputs": [FILM], "video": False}, "outputs", "write video in an output"),
        ({"outputs": [FILM], "preset": "small"}, "outputs", "write preset in an output"),
        (
            {"outputs": [FILM, {"output_filename": "A.mp4"}]},
            "outputs[1].output_filename",
            "is that of outputs[0], too",
        ),
        (
            {"outputs": [FILM, {"output_filename": "a/b.mp4"}]},
            "outputs[1].output_filename",
            "a/b.mp4",
        ),
        ({"outputs": [{**FILM, "x": 1}]}, "outputs[0].x", "Unknown key 'x'"),
        ({"outputs": [{**FILM, "priority": 1}]}, "outputs[0].priority", "Unknown key"),
        ({"outputs": [{**FILM, "preset": "none"}]}, "outputs[0].preset", "small"),
        ({"outputs": [{**FILM, "preset": "cut"}]}, "outputs[0].preset", "sets input"),
        ({"outputs": [FILM, {**SOUND, "streams": ["3:a"]}]}, "outputs[1].streams[0]", "input 3"),
        ({"outputs": [FILM, {**SOUND, "streams": ["[a]"]}]}, "outputs[1].streams[0]", "no graph"),
        ({"outputs": [{**FILM, "video": {"crf": "x"}}]}, "outputs[0].video.crf", "a number"),
        (
            {"outputs": [FILM, SOUND], "inputs": [{}, {}], "concat": "copy"},
            "concat",
            "concat and several outputs exclude each other",
        ),
    ],
)
def test_a_wrong_output_is_refused_by_its_field(
    fields: dict[str, Any], field: str, words: str
) -> None:
    found, message = refusal(**fields)

    assert found == field
    assert words in message
