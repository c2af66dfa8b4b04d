"""Long uniform random walks through the rules of `job_model`."""

import random
from collections.abc import Callable

from ffremote.db.models import UploadState
from tests.support.databases import Template
from tests.support.job_model import ENDS, LIVE, JobLife


def walk(template: Template, *, seed: int, steps: int) -> None:
    """Run one long random walk through the same rules, each equally likely.

    Hypothesis finds the shortest way to an error; a long uniform walk finds rare sequences sooner.
    """
    draw = random.Random(seed)
    JobLife.template = template
    life = JobLife()
    life.open()
    try:
        for _ in range(steps):
            _step(life, draw)
            life.rows_agree()
    finally:
        life.session.rollback()
        life.teardown()


def _step(life: JobLife, draw: random.Random) -> None:
    back = draw.choice((0, 0, 0, 1, 2, 3))
    steps: list[Callable[[], None]] = [life.claim, life.observe]
    if len(life.live()) < LIVE:
        steps.append(lambda: life.submit(draw.randint(-10, 10)))
        steps.append(lambda: life.submit_several(draw.choice((True, False))))
    if life.states:
        steps += [lambda: life.cancel(back), life.compare_positions]
    if life.in_state(UploadState.ARRIVING):
        steps += [lambda: life.arrive(back)] * 2
    if life.present():
        steps += [lambda: life.remove(back)]
    if life.claimed:
        end = draw.choice(sorted(ENDS))
        steps += [lambda: life.report(back, draw.randint(0, 99)), lambda: life.release(back)]
        steps += [lambda: life.finish(back, end)]
    if life.seen:
        steps += [lambda: life.rescue(back)]
    draw.choice(steps)()
