"""The commands workers, drain, undrain and open, and the colours of states."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.scripted_server import Ffremote, Script, json_reply
from tests.support.terminals import Terminal

Start = Callable[..., Terminal]
A, B, C = (f"{letter * 8}-0000-4000-8000-000000000000" for letter in "abc")


def worker(worker_id: str, host: str, state: str = "up") -> dict[str, object]:
    return {
        "worker_id": worker_id,
        "state": state,
        "host": host,
        "concurrency": 2,
        **({"running": 1, "labels": ["gpu", "fast"]} if state == "up" else {}),
        "version": "0.2.0",
        "ffmpeg_version": "9.0",
        "heartbeat_at": "2026-02-20T12:00:00Z",
    }


@pytest.fixture
def three(script: Script) -> Script:
    script.on(
        "GET /workers",
        json_reply(
            items=[worker(A, "big"), worker(B, "big", "draining"), worker(C, "old", "gone")]
        ),
    )
    for each in (A, B, C):
        script.on(f"POST /workers/{each}/drain", json_reply(202, worker_id=each))
        script.on(f"POST /workers/{each}/undrain", json_reply(202, worker_id=each))
    return script


def test_workers_are_a_table_without_those_that_ended(ffremote: Ffremote, three: Script) -> None:
    listed = ffremote("workers").stdout
    everything = json.loads(ffremote("workers", "--all", "--json").stdout)

    assert re.sub(r"\d+:\d+:\d+ ago", "H ago", listed) == (
        "WORKER    STATE     HOST  JOBS  LABELS    VERSION  FFMPEG  SEEN\n"
        "aaaaaaaa  up        big   1/2   gpu,fast  0.2.0    9.0     H ago\n"
        "bbbbbbbb  draining  big   2               0.2.0    9.0     H ago\n"
    )
    assert [each["worker_id"] for each in everything["items"]] == [A, B, C]


def test_without_a_worker_a_remark_says_so(ffremote: Ffremote, script: Script) -> None:
    script.on("GET /workers", json_reply(items=[]))

    assert ffremote("workers").stderr == "no worker is running, so jobs wait\n"


@pytest.mark.parametrize(
    ("words", "ids"), [(("aaaa",), [A]), ((B,), [B]), (("big", "aaaaaaaa"), [A, B])]
)
def test_drain_and_undrain_take_ids_and_hosts(
    ffremote: Ffremote, three: Script, words: tuple[str, ...], ids: list[str]
) -> None:
    drained, undrained = ffremote("drain", *words), ffremote("undrain", *words)

    assert drained.stdout.splitlines() == [f"{each} drains" for each in ids]
    assert undrained.stdout.splitlines() == [f"{each} takes jobs" for each in ids]


@pytest.mark.parametrize("word", ["old", "aaa", "ffff"])
def test_an_unknown_worker_is_a_usage_error(ffremote: Ffremote, three: Script, word: str) -> None:
    done = ffremote("drain", "aaaa", word)

    assert done.returncode == 2
    assert f"no worker has the host {word!r}" in done.stderr
    assert three.calls() == ["GET /workers"]


def test_open_prints_the_address_of_the_page(ffremote: Ffremote, script: Script) -> None:
    script.on("GET /healthz", json_reply(status="ok"))

    assert ffremote("open").stdout == f"{script.url}/\n"
    assert json.loads(ffremote("open", "--json").stdout) == {"url": f"{script.url}/"}
    assert ffremote("open", "--server", "http://127.0.0.1:1").returncode == 3


@pytest.mark.parametrize(
    ("environ", "state"),
    [
        ({}, "\x1b[32mup\x1b[0m   "),
        ({"NO_COLOR": "1"}, "up   "),
        ({"NO_COLOR": "", "TERM": "dumb"}, "up   "),
    ],
)
def test_states_have_colours_on_a_terminal_unless_no_color_is_set(
    three: Script,
    client_environ: dict[str, str],
    tmp_path: Path,
    environ: dict[str, str],
    state: str,
) -> None:
    kept = {key: value for key, value in client_environ.items() if key not in ("NO_COLOR", "TERM")}
    terminal = Terminal(
        [sys.executable, "-m", "ffremote_cli", "workers"],
        cwd=tmp_path,
        environ={**kept, "TERM": "xterm", "FFREMOTE_SERVER": three.url, **environ},
    )
    try:
        assert terminal.wait_for("aaaaaaaa  (.*?)  +big")[1].rstrip() == state.rstrip()
    finally:
        terminal.close()
