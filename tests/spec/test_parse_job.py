"""Parsing the job JSON of a client."""

import json
from typing import Any

import pytest

from ffremote import spec
from ffremote.errors import InvalidArgument

THE_BRIEF: dict[str, Any] = {
    "output_filename": "out.mp4",
    "container": "mp4",
    "video": {
        "codec": "libx264",
        "crf": 23,
        "bitrate": "3M",
        "fps": 30,
        "scale": "1280:720",
    },
    "audio": {"codec": "aac", "bitrate": "192k"},
    "extra_args": ["-movflags", "+faststart"],
}


def parse(job: Any) -> spec.JobSpec:
    return spec.parse_job(json.dumps(job).encode())


def refusal(raw: bytes) -> InvalidArgument:
    with pytest.raises(InvalidArgument) as caught:
        spec.parse_job(raw)
    return caught.value


def test_a_job_with_codec_and_crf_is_parsed() -> None:
    job = parse(THE_BRIEF)

    assert json.loads(job.to_json()) == {
        "output_filename": "out.mp4",
        "container": "mp4",
        "video": {
            "codec": "libx264",
            "crf": 23.0,
            "bitrate": "3M",
            "fps": "30",
            "scale": "1280:720",
        },
        "audio": {"codec": "aac", "bitrate": "192k"},
        "extra_args": ["-movflags", "+faststart"],
    }


def test_a_stored_spec_is_parsed_to_the_same_spec() -> None:
    job = parse({**THE_BRIEF, "video": False, "priority": -3, "input": {"start": "00:01:02.5"}})

    assert spec.load_job(job.to_json()) == job


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"", "job"),
        (b"[]", "job"),
        (b"null", "job"),
        (b"{", "job"),
        (b'\xff{"output_filename": "a.mp4"}', "job"),
        (b'{"output_filename": "a.mp4", "output_filename": "b.mp4"}', "job"),
        (b'{"output_filename": "a.mp4", "priority": NaN}', "job"),
        (b'{"output_filename": "a.mp4", "priority": 1e999}', "job"),
        (b'{"output_filename": "a.mp4", "priority": ' + b"9" * 5000 + b"}", "job"),
        (b'{"output_filename": "a\\u0000.mp4"}', "output_filename"),
        (b'{"output_filename": "\\ud800.mp4"}', "job"),
        (b'{"output_filename": ' + b"[" * 9 + b"]" * 9 + b"}", "job"),
        (b'{"output_filename": ' + b"[" * 20000 + b"]" * 20000 + b"}", "job"),
        (b'{"output_filename": "' + b"a" * 70000 + b'"}', "job"),
        (b"{}", "output_filename"),
        (b'{"output_filename": ""}', "output_filename"),
        (b'{"output_filename": "a/b.mp4"}', "output_filename"),
        (b'{"output_filename": ".."}', "output_filename"),
        (b'{"output_filename": "a\\nb.mp4"}', "output_filename"),
        (b'{"output_filename": "-y.mp4"}', "output_filename"),
        (b'{"output_filename": "' + b"a" * 300 + b'"}', "output_filename"),
        (b'{"output_filename": "a.mp4", "vidoe": {}}', "vidoe"),
        (b'{"output_filename": "a.mp4", "video": {"codecs": "h264"}}', "video.codecs"),
        (b'{"output_filename": "a.mp4", "video": true}', "video"),
        (b'{"output_filename": "a.mp4", "video": {"crf": "23"}}', "video.crf"),
        (b'{"output_filename": "a.mp4", "video": {"crf": true}}', "video.crf"),
        (b'{"output_filename": "a.mp4", "video": {"crf": 999}}', "video.crf"),
        (b'{"output_filename": "a.mp4", "video": {"bitrate": "fast"}}', "video.bitrate"),
        (b'{"output_filename": "a.mp4", "video": {"bitrate": "\\uff13M"}}', "video.bitrate"),
        (b'{"output_filename": "a.mp4", "video": {"scale": "1280:720\\n"}}', "video.scale"),
        (b'{"output_filename": "a.mp4", "video": {"filters": [1]}}', "video.filters[0]"),
        (b'{"output_filename": "a.mp4", "extra_args": ["-y", 1]}', "extra_args[1]"),
        (b'{"output_filename": "a.mp4", "audio": {"volume": "loud"}}', "audio.volume"),
        (b'{"output_filename": "a.mp4", "audio": {"loudness": 3}}', "audio.loudness"),
        (b'{"output_filename": "a.mp4", "input": {"start": 9, "end": 3}}', "input.end"),
        (b'{"output_filename": "a.mp4", "metadata": {"-x": "y"}}', "metadata.-x"),
        (b'{"output_filename": "a.mp4", "preset": "none"}', "preset"),
        (b'{"output_filename": "a.mp4", "priority": 11}', "priority"),
    ],
)
def test_an_error_names_the_field(raw: bytes, field: str) -> None:
    assert refusal(raw).field == field


def test_an_error_suggests_the_right_value() -> None:
    unknown = refusal(b'{"output_filename": "a.mp4", "video": {"codecs": "h264"}}')
    shape = refusal(b'{"output_filename": "a.mp4", "video": {"scale": "big"}}')

    assert unknown.message == "Unknown key 'codecs'; did you mean 'codec'?"
    assert shape.message == (
        'video.scale cannot be "big": it should look like'
        ' "1280:720" or "1280:-2" or "-2:720" or "50%".'
    )
