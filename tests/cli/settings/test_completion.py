"""Shell completion: values of the server, profiles and files."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from ffremote_cli.group import cli
from tests.support.scripted_server import Reply, Script, json_reply

Completed = Callable[[str], list[str]]

CAPABILITIES = json_reply(
    encoders=[
        {"name": "libx264", "kind": "video"},
        {"name": "h264_nvenc", "kind": "video"},
        {"name": "aac", "kind": "audio"},
    ],
    presets=["web-720p", "small"],
    containers=["mkv", "mp4"],
)


@pytest.fixture
def environ(
    script: Script, client_environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    script.on("GET /capabilities", CAPABILITIES)
    for name, value in {**client_environ, "FFREMOTE_SERVER": script.url}.items():
        monkeypatch.setenv(name, value)
    return client_environ


@pytest.fixture
def completed(environ: dict[str, str]) -> Completed:
    """Returns what the shell is offered for the last word; `<file>` for the names of files."""

    def complete(line: str) -> list[str]:
        _, *words = line.split(" ")
        *before, incomplete = words
        found = ShellComplete(cli, {}, "ffremote", "X").get_completions(before, incomplete)
        return [f"<{each.type}>" if each.type != "plain" else each.value for each in found]

    return complete


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("ffremote run --preset w", ["web-720p"]),
        ("ffremote run -i in.mp4 --video-codec h2", ["h264", "h264_nvenc"]),
        ("ffremote -i in.mp4 --audio-codec a", ["aac"]),
        ("ffremote submit --container m", ["mkv", "mp4"]),
        ("ffremote retry last --hardware ", ["never", "prefer", "require"]),
        ("ffremote run --subtitles c", ["copy", "convert"]),
        ("ffremote run -i ", ["<file>"]),
        ("ffremote run -o ", ["<file>"]),
        ("ffremote run --job ", ["<file>"]),
        ("ffremote run --overlay ", ["<file>"]),
        ("ffremote ffmpeg -i ", ["<file>"]),
    ],
)
def test_values_are_offered(completed: Completed, line: str, offered: list[str]) -> None:
    assert completed(line) == offered


def test_profiles_are_those_of_the_file(completed: Completed, environ: dict[str, str]) -> None:
    path = Path(environ["HOME"], ".config", "ffremote", "config.toml")
    path.parent.mkdir(parents=True)
    path.write_text('[profiles.work]\nserver = "a"\n[profiles.home]\nserver = "b"\n')

    assert completed("ffremote list --profile w") == ["work"]
    assert completed("ffremote --profile ") == ["work", "home"]


def test_a_server_is_asked_once_an_hour_and_its_last_answer_kept(
    completed: Completed, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = completed("ffremote run --preset s"), completed("ffremote run --preset s")
    calls = script.calls()
    monkeypatch.setattr("ffremote_cli.settings.completion.KEPT_SECONDS", -1)
    script.on("GET /capabilities", Reply(500))
    third = completed("ffremote run --preset s")

    assert (first, second, third) == (["small"], ["small"], ["small"])
    assert calls == ["GET /capabilities"]


@pytest.mark.parametrize("reply", [Reply(500), json_reply(other="program"), Reply(200, b"<html>")])
def test_another_server_offers_the_families_only(
    completed: Completed, script: Script, reply: Reply
) -> None:
    script.on("GET /capabilities", reply)

    assert completed("ffremote run --preset ") == []
    assert completed("ffremote run --video-codec h") == ["h264", "hevc"]
