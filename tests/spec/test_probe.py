"""Jobs that only describe their inputs: the keys that they may have."""

import json
from typing import Any

import pytest

from ffremote import spec
from ffremote.errors import InvalidArgument

WHOLE = {"size": 10, "parts": [[0, 10]]}


def parsed(**job: Any) -> spec.JobSpec:
    return spec.parse_job(json.dumps({"probe": True, **job}).encode())


@pytest.mark.parametrize(
    "job",
    [
        {},
        {"inputs": [{}, {"role": "subtitle"}], "priority": 3, "labels": {"film": "1"}},
        {"input": {"format": "s16le", "sample_rate": 8000, "channels": 1}},
        {"input": {"excerpt": {"size": 200_000, "parts": [[0, 65536], [131072, 68928]]}}},
        {"inputs": [{}, {"excerpt": {"size": 10, "parts": [[0, 10]]}}]},
    ],
)
def test_a_probe_has_inputs_and_nothing_else(job: dict[str, Any]) -> None:
    found = parsed(**job)

    assert (found.probe, found.name) == (True, "")
    assert spec.load_job(found.to_json()) == found


@pytest.mark.parametrize(
    ("job", "field"),
    [
        ({"output_filename": "a.mp4"}, "output_filename"),
        ({"video": {"codec": "h264"}}, "video"),
        ({"graph": "hflip"}, "graph"),
        ({"outputs": [{"output_filename": "a.mp4"}]}, "outputs"),
        ({"extra_args": ["-shortest"]}, "extra_args"),
        ({"inputs": []}, "inputs"),
        ({"input": {"start": 3}}, "input.start"),
        ({"inputs": [{}, {"role": "font"}]}, "inputs[1].role"),
        ({"input": {"role": "sequence"}}, "input.role"),
        ({"probe": False}, "probe"),
        ({"input": {"role": "subtitle", "excerpt": WHOLE}}, "input.excerpt"),
    ],
)
def test_keys_for_a_result_or_a_part_of_an_input_are_refused(
    job: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parsed(**job)

    assert caught.value.field == field


def test_the_holes_are_what_no_part_has() -> None:
    excerpt = spec.Excerpt.model_validate({"size": 300_000, "parts": [[0, 65536], [131072, 65536]]})

    assert excerpt.holes == ((65536, 65536), (196608, 103392))
    assert excerpt.bytes == 131072


def test_parts_of_a_file_make_no_result() -> None:
    with pytest.raises(InvalidArgument) as caught:
        spec.parse_job(
            json.dumps({"output_filename": "a.mp4", "input": {"excerpt": WHOLE}}).encode()
        )

    assert caught.value.field == "input.excerpt"
