"""Jobs that only describe their inputs: the keys that they may have."""

import json
from typing import Any

import pytest

from ffremote import spec
from ffremote.errors import InvalidArgument


def parsed(**job: Any) -> spec.JobSpec:
    return spec.parse_job(json.dumps({"probe": True, **job}).encode())


@pytest.mark.parametrize(
    "job",
    [
        {},
        {"inputs": [{}, {"role": "subtitle"}], "priority": 3, "labels": {"film": "1"}},
        {"input": {"format": "s16le", "sample_rate": 8000, "channels": 1}},
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
    ],
)
def test_keys_for_a_result_or_a_part_of_an_input_are_refused(
    job: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parsed(**job)

    assert caught.value.field == field
