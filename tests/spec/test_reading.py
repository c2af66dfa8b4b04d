"""The keys of an input that change its times, or repeat it."""

import json
from typing import Any

import pytest

from ffremote import spec
from ffremote.errors import InvalidArgument


@pytest.mark.parametrize(
    ("section", "field", "text"),
    [
        ({"end_offset": 3, "start": 1}, "input.end_offset", "exclude each other"),
        ({"end_offset": 3, "end": 1}, "input.end_offset", "exclude each other"),
        ({"end_offset": 0}, "input.end_offset", "must be greater than 0"),
        ({"loop": -1}, "input.loop", "requires input.duration"),
        ({"loop": -1, "start": 2}, "input.loop", "an input that ends"),
        ({"loop": -2}, "input.loop", "the minimum is -1"),
        ({"loop": 1001}, "input.loop", "the maximum is 1000"),
        ({"offset": 1e9}, "input.offset", "the maximum is 86400"),
        ({"offset": "1"}, "input.offset", "a number"),
        ({"fps": "25 -i x"}, "input.fps", "fps is a number"),
        ({"fps": 0}, "input.fps", "between 0.01 and 240"),
        ({"generate_pts": "+igndts"}, "input.generate_pts", "true or false"),
    ],
)
def test_a_wrong_reading_is_refused_by_name(section: dict[str, Any], field: str, text: str) -> None:
    job = json.dumps({"output_filename": "a.mp4", "input": section})

    with pytest.raises(InvalidArgument) as caught:
        spec.parse_job(job.encode())

    assert caught.value.field.startswith(field)
    assert text in caught.value.message


@pytest.mark.parametrize(
    "job",
    [
        {"input": {"loop": -1, "duration": 5}},
        {"input": {"loop": -1}, "extra_args": ["-t", "5"]},
        {"inputs": [{"loop": -1}, {}], "extra_args": ["-shortest"]},
        {"inputs": [{"loop": -1}, {}], "graph": "[0:v][1:v]overlay=shortest=1"},
    ],
)
def test_an_endless_input_is_taken_where_something_ends_the_result(job: dict[str, Any]) -> None:
    spec.parse_job(json.dumps({"output_filename": "a.mp4", **job}).encode())


def test_the_shortest_of_endless_inputs_is_endless() -> None:
    job = {"inputs": [{"loop": -1}, {"loop": -1}], "extra_args": ["-shortest"]}

    with pytest.raises(InvalidArgument, match=r"inputs\[0\].loop without end requires"):
        spec.parse_job(json.dumps({"output_filename": "a.mp4", **job}).encode())
