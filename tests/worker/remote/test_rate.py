"""The limit on bytes per second holds for all processes of a worker together."""

import struct
from pathlib import Path

import pytest

from ffremote import clock
from ffremote_worker.remote.rate import SharedRate, parse_rate


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits, which take no time; the clock stands at 1000 s."""
    found: list[float] = []
    monkeypatch.setattr(clock, "monotonic", lambda: 1000.0)
    monkeypatch.setattr("threading.Event.wait", lambda _, seconds: found.append(seconds))
    return found


def test_two_processes_share_the_rate(tmp_path: Path, pauses: list[float]) -> None:
    path = tmp_path / "rate"
    first, second = (SharedRate(path, 1_000_000) for _ in range(2))

    first.wait(500_000)
    second.wait(250_000)
    first.wait(250_000)

    assert pauses == [0.5, 0.75, 1.0]
    assert first.block == 125_000


def test_a_time_from_before_a_restart_of_the_machine_counts_for_nothing(
    tmp_path: Path, pauses: list[float]
) -> None:
    path = tmp_path / "rate"
    path.write_bytes(struct.pack("d", 1e9))

    SharedRate(path, 1_000_000).wait(1_000_000)

    assert pauses == [1.0]


def test_without_a_limit_nothing_waits(tmp_path: Path, pauses: list[float]) -> None:
    SharedRate(tmp_path / "rate", parse_rate("")).wait(1 << 40)

    assert pauses == []
    assert list(tmp_path.iterdir()) == []


def test_a_rate_is_read_as_the_clients() -> None:
    assert (parse_rate("2M"), parse_rate("500k")) == (2_000_000, 500_000)
