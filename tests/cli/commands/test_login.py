"""The command login: tests server and token, and writes both, or nothing."""

import io
import json
import stat
import sys
import tomllib
from pathlib import Path

import pytest

from ffremote_cli.errors import LocalFileProblem
from ffremote_cli.settings.config_edit import with_profile, write_profile
from tests.support.scripted_server import (
    Ffremote,
    Reply,
    Request,
    Script,
    error_reply,
    json_reply,
)
from tests.support.terminals import Terminal

SECRET = "a-very-secret-token"
JOBS = json_reply(items=[], total=0, next_cursor=None)


def jobs(request: Request) -> Reply:
    """Reply as a server with one token does."""
    if request.headers.get("Authorization") == f"Bearer {SECRET}":
        return JOBS
    return error_reply(401, "UNAUTHORIZED", "Unknown token.")


@pytest.fixture
def guarded(script: Script) -> Script:
    script.on("GET /jobs", jobs)
    return script


@pytest.fixture
def config(client_environ: dict[str, str]) -> Path:
    return Path(client_environ["HOME"], ".config", "ffremote", "config.toml")


def type_on_stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.mark.parametrize("source", ["stdin", "environment"])
def test_server_and_token_are_tested_and_written_for_the_owner_only(
    ffremote: Ffremote,
    guarded: Script,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
) -> None:
    type_on_stdin(monkeypatch, f"{SECRET}\n" if source == "stdin" else "")
    environ = {"FFREMOTE_TOKEN": SECRET} if source == "environment" else {}

    done = ffremote("login", f"{guarded.url}/api/v1/", "--profile", "box", **environ)
    listed = ffremote("list", FFREMOTE_SERVER="")

    assert done.stdout == f"profile box: {guarded.url}, with a token\n"
    assert done.stderr == f"written to {config}\n"
    assert (done.returncode, listed.returncode) == (0, 0)
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert tomllib.loads(config.read_text()) == {
        "profile": "box",
        "profiles": {"box": {"server": guarded.url, "token": SECRET}},
    }


def test_a_server_without_tokens_is_written_without_one(
    ffremote: Ffremote, script: Script, config: Path
) -> None:
    script.on("GET /jobs", JOBS)

    done = ffremote("login", "--json", "--no-default")

    assert json.loads(done.stdout) == {
        "profile": "127.0.0.1",
        "server": script.url,
        "has_token": False,
        "path": str(config),
    }
    assert tomllib.loads(config.read_text()) == {"profiles": {"127.0.0.1": {"server": script.url}}}


def test_the_token_is_asked_for_on_a_terminal_and_not_shown(
    guarded: Script, config: Path, client_environ: dict[str, str], tmp_path: Path
) -> None:
    argv = [sys.executable, "-m", "ffremote_cli", "login", guarded.url]
    terminal = Terminal(argv, cwd=tmp_path, environ=client_environ)
    try:
        terminal.wait_for("Token for http://127.0.0.1:[0-9]+: ")
        terminal.press(f"{SECRET}\r".encode())
        terminal.wait_for("with a token")

        assert SECRET not in terminal.text
    finally:
        terminal.close()
    assert SECRET in config.read_text()


@pytest.mark.parametrize(
    ("url", "token", "status", "message"),
    [
        ("http://127.0.0.1:1", SECRET, 3, "cannot reach http://127.0.0.1:1: connection refused"),
        ("{url}/elsewhere", SECRET, 3, "answers, but not as an ffremote server does"),
        ("{https}", SECRET, 3, "uses http, not https (use --server http://127.0.0.1"),
        ("ftp://127.0.0.1", SECRET, 3, "'ftp://127.0.0.1' is not a server address"),
        ("{url}", "wrong", 4, "Unknown token. (nothing was written; "),
        ("{url}", "", 4, "Unknown token. (set FFREMOTE_TOKEN, or write the token to stdin)"),
        ("{url}", "w\rong", 2, "the token has a line break or a letter that no token has"),
        ("{url}", "wröng", 2, "the token has a line break or a letter that no token has"),
    ],
)
def test_a_wrong_address_or_token_is_named_and_nothing_is_written(
    ffremote: Ffremote,
    guarded: Script,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    token: str,
    status: int,
    message: str,
) -> None:
    type_on_stdin(monkeypatch, "")
    named = url.format(url=guarded.url, https=guarded.url.replace("http:", "https:"))

    done = ffremote("login", named, FFREMOTE_TOKEN=token)

    assert message in done.stderr
    assert done.returncode == status
    assert not config.parent.exists()
    assert not token or token not in done.stdout + done.stderr


def test_a_file_that_is_not_toml_is_not_touched(
    ffremote: Ffremote, script: Script, config: Path
) -> None:
    config.parent.mkdir(parents=True)
    config.write_text("server = ")

    done = ffremote("login")

    assert (done.returncode, config.read_text()) == (6, "server = ")
    assert script.requests == []


BEFORE = """\
# mine
profile = "work"   # by day
quiet = true

[profiles.work]
server = "https://old.example.com"  # the old one
token = "old"
patience = 600
[ profiles . "home" ]
server = "http://home"
"""


def test_the_rest_of_the_file_stays_as_it_is() -> None:
    values = {"server": "https://new.example.com", "token": "new"}

    assert with_profile(BEFORE, "work", values, is_default=False) == BEFORE.replace(
        'server = "https://old.example.com"  # the old one\ntoken = "old"',
        'server = "https://new.example.com"\ntoken = "new"',
    )
    assert with_profile(BEFORE, "home", {"server": "h"}, is_default=True) == (
        'profile = "home"\n'
        + BEFORE.replace('profile = "work"   # by day\n', "").replace('"http://home"', '"h"')
    )
    assert with_profile(BEFORE, "a.b", {"server": "h"}, is_default=False) == (
        f'{BEFORE}\n[profiles."a.b"]\nserver = "h"\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "profiles = { work = {} }",
        '[profiles]\nwork = { server = "x" }',
        '[profiles.work]\n"server" = "x"',
        'quiet = """\n[profiles.work]\n"""',
    ],
)
def test_a_file_that_cannot_be_edited_safely_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)

    with pytest.raises(LocalFileProblem, match="cannot be edited safely; nothing was changed"):
        write_profile(path, "work", {"server": "y"}, is_default=True)

    assert (path.read_text(), list(tmp_path.iterdir())) == (text, [path])


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    kept, link = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    kept.write_text("quiet = true\n")
    kept.chmod(0o644)
    link.symlink_to(kept)

    write_profile(link, "w", {"server": "s"}, is_default=False)

    assert link.is_symlink()
    assert tomllib.loads(kept.read_text()) == {"quiet": True, "profiles": {"w": {"server": "s"}}}
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
