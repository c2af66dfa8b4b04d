"""Hostile jobs: each is refused by its field, or runs without touching the canary."""

import json
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from tests.security.canary import Canary
from tests.security.payloads import AUDIO_FILTERS, FIELDS, FILTERS, OPTIONS, STRANGE
from tests.support.job_runner import JobRunner

pytestmark = pytest.mark.security


def filled(value: Any, canary: Canary) -> Any:
    """Put the canary's path and port into a payload."""
    text = json.dumps(value).replace("{secret}", str(canary.secret))
    return json.loads(text.replace("{port}", str(canary.port)))


def verdict(job: dict[str, Any], capabilities: ffmpeg.Capabilities) -> str:
    """Return the field for which a job is refused; `accepted` if it is not."""
    raw = json.dumps({"output_filename": "out.mp4", **job}).encode()
    try:
        ffmpeg.check(spec.parse_job(raw), capabilities)
    except InvalidArgument as exc:
        assert exc.message.strip()
        return exc.field
    return "accepted"


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(OPTIONS) + len(FILTERS) + len(AUDIO_FILTERS) + len(FIELDS) > 350


def test_hostile_options_are_refused(canary: Canary, capabilities: ffmpeg.Capabilities) -> None:
    wrong = {}
    for words in OPTIONS:
        field = verdict({"extra_args": filled(words, canary)}, capabilities)
        if not field.startswith(("extra_args[", "streams[", "job")):
            wrong[" ".join(words)] = field

    assert wrong == {}
    assert canary.events() == []


@pytest.mark.parametrize(("kind", "corpus"), [("video", FILTERS), ("audio", AUDIO_FILTERS)])
def test_hostile_filters_are_refused(
    canary: Canary, capabilities: ffmpeg.Capabilities, kind: str, corpus: list[str]
) -> None:
    wrong = {}
    for text in corpus:
        field = verdict({kind: {"filters": ["null", filled(text, canary)]}}, capabilities)
        if field not in (f"{kind}.filters[1]", f"{kind}.filters[0]"):
            wrong[text] = field

    assert wrong == {}
    assert canary.events() == []


def test_hostile_fields_are_refused_by_name(capabilities: ffmpeg.Capabilities) -> None:
    wrong = {}
    for field, job in FIELDS:
        found = verdict(job, capabilities)
        if found != field:
            wrong[f"{field}: {job}"] = found

    assert wrong == {}


@pytest.fixture(scope="module")
def runner(
    build: ffmpeg.Binaries,
    capabilities: ffmpeg.Capabilities,
    tmp_path_factory: pytest.TempPathFactory,
) -> JobRunner:
    """A runner of jobs, confined."""
    return JobRunner(build, capabilities, tmp_path_factory.mktemp("jobs"))


@pytest.mark.parametrize("job", STRANGE, ids=range(len(STRANGE)))
def test_strange_and_harmless_jobs_run_and_touch_nothing(
    runner: JobRunner, canary: Canary, clip: Path, job: dict[str, Any]
) -> None:
    directory = runner.prepare(clip)

    ended = runner.run(**filled(job, canary))

    assert ended == "completed", runner.output
    canary.check_untouched(runner.output, directory)
    assert sorted(path.name for path in directory.iterdir()) == ["input", "try1"]
    assert [path.name for path in (directory / "try1").iterdir()] == ["out.mkv"]
