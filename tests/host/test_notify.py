"""Rings reach whoever listens, and nobody is missed or waited for."""

import select
import uuid
from pathlib import Path

import pytest

from ffremote.host import notify
from ffremote.host.locks import ProcessLock
from ffremote.host.notify import Listener


def rang(listener: Listener) -> bool:
    return bool(select.select([listener], [], [], 0)[0])


def name() -> str:
    return str(uuid.uuid4())


@pytest.mark.parametrize("depth", [0, 12], ids=["short path", "path longer than a socket's"])
def test_a_ring_reaches_every_bell(tmp_path: Path, depth: int) -> None:
    run_dir = tmp_path.joinpath(*["deep-directory"] * depth)
    run_dir.mkdir(parents=True, exist_ok=True)
    with Listener(run_dir, name()) as one, Listener(run_dir, name()) as other:
        before = (rang(one), rang(other))

        heard = notify.notify_all(run_dir)

        assert before == (False, False)
        assert heard == 2
        assert (rang(one), rang(other)) == (True, True)


def test_a_hushed_bell_is_quiet_until_the_next_ring(tmp_path: Path) -> None:
    with Listener(tmp_path, name()) as listener:
        notify.notify_all(tmp_path)
        notify.notify_all(tmp_path)

        listener.drain()
        quiet = rang(listener)
        listener.notify()

        assert (quiet, rang(listener)) == (False, True)


def test_the_bell_of_the_dead_is_taken_down(tmp_path: Path) -> None:
    dead = Listener(tmp_path, name())
    dead._socket.close()  # type: ignore[union-attr]  # as a kill -9 does: the name stays

    heard = notify.notify_all(tmp_path)

    assert (heard, list(tmp_path.iterdir())) == (0, [])


def test_a_bell_whose_owner_is_about_to_listen_is_left(tmp_path: Path) -> None:
    owner = name()
    with ProcessLock(tmp_path / f"{owner}.lock"):
        early = Listener(tmp_path, owner)
        early._socket.close()  # type: ignore[union-attr]  # between its name and its listening

        heard = notify.notify_all(tmp_path)

        assert (heard, early.path.exists()) == (0, True)


def test_a_bell_that_is_full_does_not_block_the_ringer(tmp_path: Path) -> None:
    with Listener(tmp_path, name()) as listener:
        for _ in range(10_000):
            notify.notify_all(tmp_path)

        assert rang(listener)
