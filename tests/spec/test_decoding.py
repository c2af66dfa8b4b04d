"""The keys of an input that say what its bytes are."""

import json
from typing import Any

import pytest

from ffremote import spec
from ffremote.errors import InvalidArgument


@pytest.mark.parametrize(
    ("section", "field", "text"),
    [
        ({"format": "hls"}, "input.format", "it is one of s8, u8, s16le"),
        ({"format": "rawvideo"}, "input.format", "requires input.size"),
        ({"sample_rate": 8000}, "input.sample_rate", "requires input.format"),
        ({"format": "h264", "channels": 2}, "input.channels", "requires input.format"),
        ({"format": "s16le", "size": "2x2"}, "input.size", "the format rawvideo"),
        ({"format": "s16le", "pix_fmt": "gray"}, "input.pix_fmt", "the format rawvideo"),
        ({"format": "s16le", "charset": "UTF-8"}, "input.charset", "s16le has none"),
        ({"format": "rawvideo", "size": "iwx2"}, "input.size", 'look like "640x360"'),
        ({"role": "subtitle", "format": "s16le"}, "input.format", "for the role subtitle"),
        ({"charset": "klingon"}, "input.charset", "a charset is one of UTF-8"),
        ({"decoder": "a b"}, "input.decoder", "libvpx-vp9"),
        ({"probe": {"bytes": 1 << 40}}, "input.probe.bytes", "the maximum is 134217728"),
        ({"rotate": "no"}, "input.rotate", "'auto' or 'keep'"),
        ({"stretch": 0}, "input.stretch", "the minimum is 0.01"),
    ],
)
def test_a_wrong_declaration_is_refused_by_name(
    section: dict[str, Any], field: str, text: str
) -> None:
    job = json.dumps({"output_filename": "a.mp4", "input": section})

    with pytest.raises(InvalidArgument) as caught:
        spec.parse_job(job.encode())

    assert caught.value.field == field
    assert text in caught.value.message


def test_the_second_input_is_named() -> None:
    job = {"output_filename": "a.mp4", "inputs": [{}, {"format": "rawvideo"}]}

    with pytest.raises(InvalidArgument, match=r"inputs\[1\].format rawvideo requires"):
        spec.build_job(job)


@pytest.mark.parametrize(
    ("text", "name"),
    [("cp1251", "CP1251"), ("windows-1251", "CP1251"), ("utf8", "UTF-8"), ("Shift_JIS", "CP932")],
)
def test_a_charset_has_one_canonical_name(text: str, name: str) -> None:
    job = spec.build_job({"output_filename": "a.mp4", "input": {"charset": text}})

    assert json.loads(job.to_json())["input"] == {"charset": name}


def test_a_declared_input_is_stored_and_read_again() -> None:
    section = {
        "format": "rawvideo",
        "size": "640x360",
        "pix_fmt": "rgb24",
        "decoder": ["rawvideo", "aac"],
        "probe": {"bytes": 50_000_000, "seconds": 2.5},
        "rotate": "keep",
        "stretch": 1.5,
        "fps": "25",
    }
    job = spec.build_job({"output_filename": "a.mp4", "input": section})

    assert spec.load_job(job.to_json()) == job
    assert json.loads(job.to_json())["input"] == section


def test_the_canonical_text_of_other_jobs_is_what_it_was() -> None:
    section = {"end_offset": 3, "offset": 1.5, "loop": 2, "fps": 25, "generate_pts": True}
    job = spec.build_job({"output_filename": "a.mp4", "input": section})

    text = '"input":{"end_offset":3.0,"offset":1.5,"loop":2,"fps":"25","generate_pts":true}'
    assert text in job.to_json()
