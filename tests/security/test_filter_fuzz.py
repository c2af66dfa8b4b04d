"""A short run of the filter fuzzer: no filter crashes, hangs or exhausts the memory."""

from itertools import islice
from pathlib import Path

import pytest

from ffremote import ffmpeg

from . import filter_attempts, filter_cases, filter_fuzz

pytestmark = pytest.mark.security

CASES = 24
# left out by `caution`, as in a job
DISTRUSTED = {"anlmdn", "dynaudnorm", "kerndeint"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, *(pytest.param(n, marks=pytest.mark.wide) for n in (8, 9))])
def test_filters_at_the_ends_of_their_ranges_break_nothing(
    build: ffmpeg.Binaries, capabilities: ffmpeg.Capabilities, tmp_path: Path, seed: int
) -> None:
    runtime = filter_attempts.make_runtime(build)
    names = capabilities.filters - DISTRUSTED
    (tmp_path / "out").mkdir()

    broken = {}
    for case in islice(filter_cases.extremes(names, seed), CASES):
        graph = filter_fuzz.canonical(case, capabilities.version)
        if graph is not None:
            verdict = filter_attempts.attempt(runtime, case, graph, tmp_path)
            if verdict.how in ("crash", "memory"):
                broken[graph] = verdict

    assert broken == {}
