"""Which jobs an older worker leaves to a newer one."""

import json
from pathlib import Path
from typing import Any

import pytest

from ffremote import spec
from ffremote.api.job_needs import KEYS, WIDER, needs_of

FILM = {"output_filename": "a.mp4"}
FIRST = json.loads(Path(__file__).with_name("job-0.1.0.schema.json").read_text())
TEXT = ("description", "examples", "title")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"video": {"codec": "h264", "crf": 20}, "audio": False, "priority": 3},
        {"metadata": {"any key": "x"}, "labels": {"overlays": "1"}},
        {"audio": {"loudness": {"integrated": -20}}, "input": {"start": 3}},
        {"streams": ["0:v:0", "-0:a:1?"], "subtitles": {"mode": "burn", "track": 1}},
    ],
)
def test_a_job_of_the_first_version_needs_nothing(fields: dict[str, Any]) -> None:
    assert needs_of(spec.build_job({**FILM, **fields})) == frozenset()


@pytest.mark.parametrize(
    "fields",
    [
        {"input": {"loop": 2}},
        {"input": {"decoder": "h264"}},
        {"input": {"probe": {"seconds": 3}}},
        {"video": {"tonemap": "off"}},
        {"graph": "[0:v]hflip[v]", "streams": ["[v]"]},
        {"inputs": [{}, {}], "overlays": [{"input": 1}]},
        {"inputs": [{}, {"end_offset": 2}]},
    ],
)
def test_a_job_with_a_newer_key_says_so(fields: dict[str, Any]) -> None:
    assert needs_of(spec.build_job({**FILM, **fields})) == {"keys-2"}


@pytest.mark.parametrize(
    "fields",
    [
        {"streams": ["0:a:m:language:deu"]},
        {"subtitles": {"mode": "burn", "track": "default"}},
        {"video": {"crf": 200}},
        {"video": {"pix_fmt": "auto"}},
        {"video": {"filters": ["showinfo"]}},
        {"audio": {"filters": ["ashowinfo"]}},
        {"extra_args": ["-update", "1"]},
    ],
)
def test_a_value_that_older_workers_may_not_know_says_so(fields: dict[str, Any]) -> None:
    assert needs_of(spec.build_job({**FILM, **fields})) == {"keys-2"}


def test_every_key_of_the_job_has_a_version() -> None:
    """A key that fails here is new: add it in `KEYS` to the list of the version to come."""
    listed = {(name, key) for keys in KEYS.values() for name, of in keys.items() for key in of}

    assert listed == set(_properties(spec.JobSpec.model_json_schema()))


def test_the_keys_without_a_word_are_those_of_the_first_version() -> None:
    without = {(name, key) for name, keys in KEYS[""].items() for key in keys}

    assert without == set(FIRST_PROPERTIES)


def test_a_key_that_takes_more_than_in_the_first_version_is_in_the_table_of_such_keys() -> None:
    now = _properties(spec.JobSpec.model_json_schema())

    changed = {at for at, before in FIRST_PROPERTIES.items() if now[at] != before}

    assert changed <= WIDER.keys()


def _properties(schema: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """Return the schema of each key without its text, by section and key."""
    sections = {**schema["$defs"], "JobSpec": schema}
    return {
        (name, key): _without_text(of_key)
        for name, section in sections.items()
        for key, of_key in section["properties"].items()
    }


def _without_text(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _without_text(each) for key, each in schema.items() if key not in TEXT}
    return [_without_text(each) for each in schema] if isinstance(schema, list) else schema


FIRST_PROPERTIES = _properties(FIRST)
