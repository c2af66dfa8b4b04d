"""The roles of inputs: their order, the keys that they take, and who may name them."""

import json
from typing import Any

import pytest

from ffremote import spec
from ffremote.errors import InvalidArgument

LUT, FONT, TEXT = {"role": "lut"}, {"role": "font"}, {"role": "subtitle"}


def parse(**fields: Any) -> spec.JobSpec:
    return spec.parse_job(json.dumps({"output_filename": "a.mp4", **fields}).encode())


def test_files_without_streams_come_after_the_others() -> None:
    job = parse(inputs=[{}, TEXT, LUT, FONT])

    assert [each.has_streams for each in job.sources] == [True, True, False, False]
    assert spec.load_job(job.to_json()) == job


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        (
            {"inputs": [{}, LUT, {}]},
            "inputs[1].role",
            (
                "inputs[1].role is lut: inputs of the roles font and lut come after all others,"
                " and inputs[2] follows it."
            ),
        ),
        (
            {"input": FONT},
            "input.role",
            "input.role is font, and no other input has streams for the result.",
        ),
        (
            {"inputs": [LUT, FONT]},
            "inputs[0].role",
            "inputs[0].role is lut, and no other input has streams for the result.",
        ),
        (
            {"inputs": [{}, {**LUT, "start": 2}]},
            "inputs[1].start",
            "inputs[1].start has no meaning for the role lut.",
        ),
        (
            {"inputs": [{}, {**FONT, "loop": 2}]},
            "inputs[1].loop",
            "inputs[1].loop has no meaning for the role font.",
        ),
        (
            {"inputs": [{}, FONT], "streams": ["0:v", "1:v"]},
            "streams[1]",
            "streams[1] names input 1, a font, which has no streams.",
        ),
        (
            {"inputs": [{}, LUT], "streams": ["1"]},
            "streams[0]",
            "streams[0] names input 1, a lut, which has no streams.",
        ),
        (
            {"inputs": [{}, FONT], "subtitles": {"mode": "burn", "input": 1}},
            "subtitles.input",
            "subtitles.input names input 1, a font, which has no streams.",
        ),
        (
            {"inputs": [{}, {}, LUT], "concat": "encode"},
            "concat",
            (
                "concat joins media and sequences, and inputs[2].role is lut; leave it out, and"
                " use it in a second job on the result."
            ),
        ),
        (
            {"inputs": [{}, {"role": "picture"}]},
            "inputs[1].role",
            (
                "inputs[1].role cannot be \"picture\": it should be 'media', 'subtitle', 'font',"
                " 'lut', 'sequence' or 'metadata'."
            ),
        ),
    ],
)
def test_a_wrong_role_is_refused_by_its_field(
    fields: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse(**fields)

    assert (caught.value.details["field"], str(caught.value)) == (field, message)
