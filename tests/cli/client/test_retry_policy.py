"""How long requests are tried again: from the first failure on."""

import threading

import pytest

from ffremote_cli import Unreachable
from ffremote_cli.client import retry
from ffremote_cli.client.retry import RetryPolicy


def test_a_request_that_was_busy_for_longer_than_the_patience_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, breaks = [0.0], []
    monkeypatch.setattr(retry.time, "monotonic", lambda: now[0])
    policy = RetryPolicy(60, threading.Event(), breaks.append)
    monkeypatch.setattr(policy, "sleep", lambda _: None)
    error = Unreachable("the connection broke")

    now[0] = 3600.0  # of sending
    policy.backoff(error)
    now[0] += 59.0
    policy.backoff(error)
    now[0] += 2.0

    with pytest.raises(Unreachable):
        policy.backoff(error)
    assert breaks == [error, error]
