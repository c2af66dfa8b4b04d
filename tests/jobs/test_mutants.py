"""The model in `job_model` proves something only if it catches wrong statements: these mutants.

Each mutant is the shipped source with one guard removed, so that it follows the code.
"""

import inspect
import re
from dataclasses import dataclass
from types import FunctionType, ModuleType

import pytest
from sqlalchemy.exc import IntegrityError

from ffremote.jobs import claims, rescues, retention, store
from tests.support.databases import Template
from tests.support.job_walk import walk
from tests.support.matrices import every


@dataclass(frozen=True)
class Mutant:
    """`old`, which must be in the source of `module` once, becomes `new`."""

    name: str
    module: ModuleType
    old: str
    new: str


STEPS = 1200
MUTANTS = [
    Mutant(
        "a worker's write does not name its token",
        claims,
        r'jobs\.claim_token == bindparam\("held_token"\),',
        "",
    ),
    Mutant(
        "a finish ignores an accepted cancel",
        claims,
        r'jobs\.claim_token == bindparam\("held_token"\),\s+jobs\.state == RUNNING,',
        'jobs.log_token == bindparam("held_token"),',
    ),
    Mutant(
        "a rescue ignores the heartbeat",
        rescues,
        r"Job\.heartbeats == hold\.heartbeats,",
        "",
    ),
    Mutant(
        "a rescue ignores the current claim",
        rescues,
        r"Job\.claim_token == hold\.token,",
        "",
    ),
    Mutant(
        "a release is not fenced",
        claims,
        r"return _change\(\n        session,\n        claim,\n        _RELEASE,\n",
        "token = session.scalar(select(Job.claim_token).where(Job.id == claim.job_id))\n"
        "    claim = Claim(claim.job_id, str(token), 0, (), '')\n"
        "    return _change(session, claim, _RELEASE, ",
    ),
    Mutant(
        "a loss is not counted",
        rescues,
        r"losses=Job\.losses \+ 1,",
        "",
    ),
    Mutant(
        "a cancel does not ask for the state",
        store,
        r"Job\.id == job_id, Job\.state\.in_\(\(JobState\.QUEUED, JobState\.RUNNING\)\)",
        "Job.id == job_id",
    ),
    Mutant(
        "a job is claimed before all of its inputs have arrived",
        store,
        r", inputs\.all_complete\(\)\)",
        ")",
    ),
    Mutant(
        "a job waits for its first input only",
        store,
        r"inputs\.uses\(\[upload_id\]\)",
        "Job.upload_id == upload_id",
    ),
    Mutant(
        "an abandoned input leaves its job waiting",
        retention,
        r"Job\.id == row\.job_id\)",
        "Job.id == '')",
    ),
    Mutant(
        "an input that a job needs is removed",
        retention,
        r"used = and_\(Upload\.state == UploadState\.COMPLETE, .*\n",
        "used = Upload.id == ''\n",
    ),
]


@pytest.mark.long
@pytest.mark.parametrize(
    "mutant", every(4, MUTANTS), ids=lambda mutant: mutant.name.replace(" ", "_")
)
@pytest.mark.slow
def test_the_model_catches(
    mutant: Mutant, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(mutant, monkeypatch)

    with pytest.raises((AssertionError, IntegrityError)):  # a constraint may catch it, too
        walk(template, seed=6, steps=STEPS)


@pytest.mark.long
@pytest.mark.slow
def test_the_same_walk_finds_nothing_in_the_shipped_code(template: Template) -> None:
    walk(template, seed=6, steps=STEPS)


def install(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the module's functions by those of the mutant."""
    source, changes = re.subn(mutant.old, mutant.new, inspect.getsource(mutant.module))
    assert changes == 1, f"{mutant.old!r} is in the source {changes} times"
    changed: dict[str, object] = {
        "__name__": mutant.module.__name__,
        "__package__": mutant.module.__package__,
    }
    exec(compile(source, mutant.module.__file__ or "", "exec"), changed)
    for name, function in changed.items():
        if isinstance(function, FunctionType) and hasattr(mutant.module, name):
            monkeypatch.setattr(mutant.module, name, function)
