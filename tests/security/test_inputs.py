"""Hostile inputs among several: scripts open no neighbour, and wrong fields are refused by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from tests.security.canary import TOKEN, Canary
from tests.security.input_payloads import DISGUISES, FIELDS, SCRIPTS
from tests.support.job_runner import JobRunner
from tests.support.matrices import sampled

pytestmark = pytest.mark.security

VIDEO = {"video": {"codec": "mpeg4"}, "audio": False}
PLACES: dict[str, tuple[int, dict[str, Any]]] = {
    "first of two": (0, {"streams": ["0:v", "1:v"]}),
    "second of two": (1, {"streams": ["0:v", "1:v"]}),
    "joined, copied": (1, {"concat": "copy", "video": {"codec": "copy"}}),
    "first of joined": (0, {"concat": "auto"}),
    "in a graph": (1, {"graph": "[0:v][1:v]hstack[v]", "streams": ["[v]"]}),
}
ROLES: dict[str, dict[str, Any]] = {
    "subtitle": {"subtitles": {"mode": "burn", "input": 1}},
    "font": {"video": {"codec": "mpeg4", "filters": ["drawtext=text=x:input=1"]}},
    "lut": {"video": {"codec": "mpeg4", "filters": ["lut3d=input=1"]}},
}


@pytest.fixture(scope="module")
def runner(
    build: ffmpeg.Binaries,
    capabilities: ffmpeg.Capabilities,
    tmp_path_factory: pytest.TempPathFactory,
) -> JobRunner:
    """A runner of jobs, confined."""
    return JobRunner(build, capabilities, tmp_path_factory.mktemp("jobs"))


def script(name: str, canary: Canary, clip: Path, place: int) -> bytes:
    text = SCRIPTS[name].replace("{media}", str(canary.add_media(clip)))
    text = text.replace("{secret}", str(canary.secret)).replace("{port}", str(canary.port))
    canary.events()  # those of writing the film
    return text.replace("{other}", str(1 - place)).encode()


def check_untouched(canary: Canary, runner: JobRunner, directory: Path) -> None:
    """Fail if a job opened the canary, or holds any of it."""
    assert canary.events() == []
    assert TOKEN.encode() not in runner.output
    assert not any(
        TOKEN.encode() in path.read_bytes() for path in directory.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize(
    ("place", "name"),
    sampled(
        [(place, name) for place in PLACES for name in SCRIPTS],
        *(round * (len(SCRIPTS) + 1) for round in range(len(PLACES))),
    ),
)
def test_a_script_among_the_inputs_opens_no_neighbour(
    runner: JobRunner, canary: Canary, clip: Path, place: str, name: str
) -> None:
    number, job = PLACES[place]
    inputs: list[bytes | Path] = [clip, clip]
    inputs[number] = script(name, canary, clip, number)
    directory = runner.prepare(*inputs)

    ended = runner.run(**{"inputs": [{}, {}], **VIDEO, **job})

    assert ended != "completed"
    check_untouched(canary, runner, directory)


@pytest.mark.parametrize(
    ("role", "name"),
    sampled(
        [(role, name) for role in ROLES for name in SCRIPTS],
        *(round * (len(SCRIPTS) + 1) for round in range(len(ROLES))),
    ),
)
@pytest.mark.parametrize("disguised", [True, pytest.param(False, marks=pytest.mark.wide)])
def test_a_script_in_another_role_opens_nothing(
    runner: JobRunner, canary: Canary, clip: Path, role: str, name: str, disguised: bool
) -> None:
    content = script(name, canary, clip, 1)
    directory = runner.prepare(clip, (DISGUISES[role] if disguised else b"") + content)

    runner.run(**{"inputs": [{}, {"role": role}], **VIDEO, **ROLES[role]})

    check_untouched(canary, runner, directory)


def test_hostile_fields_of_inputs_are_refused_by_name(
    canary: Canary, capabilities: ffmpeg.Capabilities
) -> None:
    wrong = {}
    for key, value in FIELDS:
        job = {"output_filename": "a.mkv", "inputs": [{}, {}], key: value}
        text = json.dumps(job).replace("{secret}", str(canary.secret))
        try:
            ffmpeg.check(spec.parse_job(text.encode()), capabilities)
            wrong[f"{key}: {value}"] = "accepted"
        except InvalidArgument as exc:
            if not exc.field or not exc.message.endswith("."):
                wrong[f"{key}: {value}"] = exc.field

    assert wrong == {}
    assert canary.events() == []


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(SCRIPTS) * (len(PLACES) + 2 * len(ROLES)) + len(FIELDS) > 240
