"""Which jobs an older worker leaves to a newer one."""

from typing import Any

import pytest

from ffremote import spec
from ffremote.api.job_needs import needs_of

FILM = {"output_filename": "a.mp4"}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"video": {"codec": "h264", "crf": 20}, "audio": False, "priority": 3},
        {"metadata": {"any key": "x"}, "labels": {"overlays": "1"}},
        {"audio": {"loudness": {"integrated": -20}}, "input": {"start": 3}},
    ],
)
def test_a_job_of_the_first_version_needs_nothing(fields: dict[str, Any]) -> None:
    assert needs_of(spec.build_job({**FILM, **fields})) == frozenset()


@pytest.mark.parametrize(
    "fields",
    [
        {"input": {"loop": 2}},
        {"input": {"decoder": "h264"}},
        {"video": {"tonemap": "off"}},
        {"graph": "[0:v]hflip[v]", "streams": ["[v]"]},
        {"inputs": [{}, {}], "overlays": [{"input": 1}]},
    ],
)
def test_a_job_with_a_newer_key_says_so(fields: dict[str, Any]) -> None:
    assert needs_of(spec.build_job({**FILM, **fields})) == {"keys-2"}
