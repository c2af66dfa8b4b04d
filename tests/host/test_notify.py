"""Notifications reach every listener and never block the sender."""

import select
import uuid
from pathlib import Path

import pytest

from ffremote.host import notify
from ffremote.host.locks import ProcessLock
from ffremote.host.notify import Listener


def is_notified(listener: Listener) -> bool:
    return bool(select.select([listener], [], [], 0)[0])


def name() -> str:
    return str(uuid.uuid4())


@pytest.mark.parametrize("depth", [0, 12], ids=["short path", "path longer than a socket's"])
def test_a_notification_reaches_every_listener(tmp_path: Path, depth: int) -> None:
    run_dir = tmp_path.joinpath(*["deep-directory"] * depth)
    run_dir.mkdir(parents=True, exist_ok=True)
    with Listener(run_dir, name()) as one, Listener(run_dir, name()) as other:
        before = (is_notified(one), is_notified(other))

        reached = notify.notify_all(run_dir)

        assert before == (False, False)
        assert reached == 2
        assert (is_notified(one), is_notified(other)) == (True, True)


def test_a_drained_listener_is_quiet_until_the_next_notification(tmp_path: Path) -> None:
    with Listener(tmp_path, name()) as listener:
        notify.notify_all(tmp_path)
        notify.notify_all(tmp_path)

        listener.drain()
        quiet = is_notified(listener)
        listener.notify()

        assert (quiet, is_notified(listener)) == (False, True)


def test_the_socket_of_a_dead_listener_is_removed(tmp_path: Path) -> None:
    dead = Listener(tmp_path, name())
    dead._socket.close()  # type: ignore[union-attr]  # as kill -9 does: the name stays

    reached = notify.notify_all(tmp_path)

    assert (reached, list(tmp_path.iterdir())) == (0, [])


def test_a_socket_whose_owner_is_about_to_listen_is_kept(tmp_path: Path) -> None:
    owner = name()
    with ProcessLock(tmp_path / f"{owner}.lock"):
        early = Listener(tmp_path, owner)
        early._socket.close()  # type: ignore[union-attr]  # between bind and listen

        reached = notify.notify_all(tmp_path)

        assert (reached, early.path.exists()) == (0, True)


def test_a_full_queue_does_not_block_the_sender(tmp_path: Path) -> None:
    with Listener(tmp_path, name()) as listener:
        for _ in range(10_000):
            notify.notify_all(tmp_path)

        assert is_notified(listener)
