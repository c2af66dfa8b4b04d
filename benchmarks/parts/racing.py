"""Races: the same work in several processes that start together."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.queues import SimpleQueue

RACERS = 4

# Forked from a process that has imported everything and opened no database.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["benchmarks.parts.history", "huey.storage", "ffremote.jobs.store"])


def race(work: Callable[..., None], args: tuple[object, ...]) -> float:
    """Run `work` in all racers, with a barrier and a queue for its rate; return their sum."""
    results: SimpleQueue[float] = CONTEXT.SimpleQueue()
    start = CONTEXT.Barrier(RACERS)
    racers = [CONTEXT.Process(target=work, args=(*args, start, results)) for _ in range(RACERS)]
    for racer in racers:
        racer.start()
    rates = [results.get() for _ in racers]
    for racer in racers:
        racer.join()
    return float(sum(rates))
