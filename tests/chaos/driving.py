"""Drives a storm: faults at random while clients work, then the end of the clients."""

import random
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from ffremote.clock import monotonic
from tests.chaos.clients import Client
from tests.chaos.processes import wait_for

NEWS_SECONDS = 60.0


class World(Protocol):
    """The programs of a storm."""

    def tend(self) -> None:
        """Start again what has ended."""


class Faults(Protocol):
    """What injects faults, drawn at random."""

    draw: random.Random

    def turn(self) -> None:
        """Inject one fault."""

    def poll(self) -> None:
        """Look what recovered, and end faults whose time is over."""

    def calm(self) -> None:
        """End all faults."""


def rage(
    world: World,
    faults: Faults,
    over: threading.Event,
    seconds: float,
    *,
    pauses: tuple[float, float],
    news: Callable[[], str],
) -> None:
    """Inject faults for `seconds`, with random `pauses`, then tell the clients that it is over.

    A line with `news` is printed each minute.
    """
    end, next_news = monotonic() + seconds, monotonic() + NEWS_SECONDS
    while monotonic() < end:
        if monotonic() > next_news:
            next_news += NEWS_SECONDS
            print(f"chaos: {news()}, {end - monotonic():.0f} s to go", flush=True)
        pause = monotonic() + faults.draw.uniform(*pauses)
        faults.turn()
        while monotonic() < pause:
            faults.poll()
            world.tend()
            over.wait(0.05)
    over.set()


def let_end(world: World, faults: Faults, clients: Sequence[Client], seconds: float) -> None:
    """Wait `seconds` for the clients, which finish their uploads, while all programs are kept up.

    Raise the error of a client that has one.
    """
    faults.calm()

    def have_ended() -> bool:
        world.tend()
        faults.poll()
        return not any(client.is_alive() for client in clients)

    wait_for(have_ended, seconds)
    for client in clients:
        if client.error is not None:
            raise client.error
