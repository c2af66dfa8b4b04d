"""What a worker's log says while something that it asks again and again does not answer."""

import logging

import pytest

from ffremote import clock
from ffremote.ledger.outage import Outage


def test_an_outage_is_said_when_it_begins_once_a_minute_and_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = [100.0]
    monkeypatch.setattr(clock, "monotonic", lambda: now[0])
    outage = Outage(logging.getLogger("worker"))

    outage.is_over("it answers")
    for _ in range(100):
        outage.goes_on("no answer")
        now[0] += 1
    outage.is_over("it answers")
    outage.is_over("it answers")
    outage.goes_on("no answer")

    assert [record.getMessage() for record in caplog.records] == [
        "no answer",
        "no answer (for 60 s now)",
        "it answers after 100 s",
        "no answer",
    ]
