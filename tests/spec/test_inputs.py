"""One input or several in the job JSON."""

import json
from typing import Any

import pytest

from ffremote import spec
from ffremote.errors import InvalidArgument
from ffremote.spec import Input
from ffremote.spec.presets import Preset

ONE = {"output_filename": "a.mp4"}


def parse(**fields: Any) -> spec.JobSpec:
    return spec.parse_job(json.dumps({**ONE, **fields}).encode())


def refusal(**fields: Any) -> tuple[str, str]:
    with pytest.raises(InvalidArgument) as caught:
        parse(**fields)
    return caught.value.details["field"], str(caught.value)


def test_sources_are_the_inputs_in_order_and_never_none() -> None:
    assert parse().sources == (Input(),)
    assert parse(input={"start": 2}).sources == (Input(start=2.0),)
    assert parse(inputs=[{"start": 2}, {}]).sources == (Input(start=2.0), Input())


def test_the_stored_text_of_one_input_is_that_of_earlier_versions() -> None:
    assert parse().to_json() == '{"output_filename":"a.mp4"}'
    stored = '{"output_filename":"a.mp4","input":{"start":62.5}}'
    assert parse(input={"start": "00:01:02.5", "role": "media"}).to_json() == stored
    assert spec.load_job(stored).sources == (Input(start=62.5),)


def test_several_inputs_are_stored_and_read_back() -> None:
    job = parse(inputs=[{"start": 2}, {"end": 9}, {}])

    assert job.to_json() == ('{"output_filename":"a.mp4","inputs":[{"start":2.0},{"end":9.0},{}]}')
    assert spec.load_job(job.to_json()) == job


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"input": {}, "inputs": [{}]},
            ("inputs", "inputs and input exclude each other."),
        ),
        (
            {"inputs": []},
            ("inputs", "inputs is empty, which requires a graph of sources such as testsrc2."),
        ),
        (
            {"inputs": [{}] * 17},
            (
                "inputs",
                f"inputs cannot be {str([{}] * 17)[:60]}…: it has more than 16 items.",
            ),
        ),
        (
            {"inputs": [{}, {"start": 5, "end": 5}]},
            ("inputs[1].end", "inputs[1].end must be after inputs[1].start."),
        ),
        (
            {"inputs": [{}, {"duration": 5, "end": 5}]},
            (
                "inputs[1].duration",
                "inputs[1].duration and inputs[1].end exclude each other.",
            ),
        ),
        (
            {"inputs": [{}, {"strat": 5}]},
            ("inputs[1].strat", "Unknown key 'strat'; did you mean 'start'?"),
        ),
        (
            {"inputs": [{"role": "movie"}]},
            (
                "inputs[0].role",
                (
                    'inputs[0].role cannot be "movie": it should be'
                    " 'media', 'subtitle', 'font', 'lut', 'sequence' or 'metadata'."
                ),
            ),
        ),
        (
            {"inputs": [{"start": -1}]},
            (
                "inputs[0].start",
                "inputs[0].start cannot be -1: a time is between 0 and 604800 seconds.",
            ),
        ),
        ({"inputs": {}}, ("inputs", "inputs cannot be {}: it should be a list.")),
    ],
)
def test_a_wrong_input_is_named(fields: dict[str, Any], expected: tuple[str, str]) -> None:
    assert refusal(**fields) == expected


@pytest.mark.parametrize(
    ("preset", "own", "taken"),
    [
        ({"input": {"start": 1}}, {"inputs": [{}, {}]}, (Input(), Input())),
        ({"inputs": [{}, {}]}, {"input": {"start": 1}}, (Input(start=1.0),)),
        ({"inputs": [{}, {}]}, {}, (Input(), Input())),
    ],
)
def test_the_inputs_of_the_job_win_over_those_of_its_preset(
    preset: dict[str, Any], own: dict[str, Any], taken: tuple[Input, ...]
) -> None:
    presets = {"p": Preset("p", "", preset)}

    job = spec.build_job({**ONE, "preset": "p", **own}, presets=presets)

    assert job.sources == taken
