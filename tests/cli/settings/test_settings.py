"""The precedence of settings: options, environment, profile, file, defaults."""

from pathlib import Path

import pytest

from tests.support.scripted_job import script_completed_job, submitted_job
from tests.support.scripted_server import Ffremote, Script, json_reply


@pytest.fixture
def listed(script: Script) -> Script:
    script.on("GET /jobs", json_reply(items=[], total=0, next_cursor=None))
    return script


def write(environ: dict[str, str], text: str) -> Path:
    path = Path(environ["HOME"], ".config", "ffremote", "config.toml")
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_a_profile_names_server_and_token(
    ffremote: Ffremote, listed: Script, client_environ: dict[str, str]
) -> None:
    write(
        client_environ,
        f'server = "http://127.0.0.1:1"\n[profiles.work]\nserver = "{listed.url}"\ntoken = "t"\n',
    )

    by_option = ffremote("list", "--profile", "work", FFREMOTE_SERVER="")
    by_environment = ffremote("list", FFREMOTE_SERVER="", FFREMOTE_PROFILE="work")
    without = ffremote("list", FFREMOTE_SERVER="")

    assert (by_option.returncode, by_environment.returncode, without.returncode) == (0, 0, 3)
    assert [it.headers["Authorization"] for it in listed.requests] == ["Bearer t", "Bearer t"]


def test_the_file_names_the_default_profile(
    ffremote: Ffremote, listed: Script, client_environ: dict[str, str]
) -> None:
    write(client_environ, f'profile = "work"\n[profiles.work]\nserver = "{listed.url}"\n')

    assert ffremote("list", FFREMOTE_SERVER="").returncode == 0


def test_an_option_overrides_the_environment_which_overrides_the_file(
    ffremote: Ffremote, listed: Script, client_environ: dict[str, str]
) -> None:
    write(client_environ, f'server = "{listed.url}"\ntoken = "of the file"\n')
    away = "http://127.0.0.1:1"

    ffremote("list", FFREMOTE_TOKEN="of the environment")
    ffremote("list", "--token", "of the option", FFREMOTE_TOKEN="of the environment")
    ffremote("list", "--server", listed.url, FFREMOTE_SERVER=away)
    ffremote("--server", listed.url, "list", FFREMOTE_SERVER=away)

    assert [it.headers["Authorization"] for it in listed.requests] == [
        "Bearer of the environment",
        "Bearer of the option",
        "Bearer of the file",
        "Bearer of the file",
    ]


def test_a_named_file_that_is_missing_is_an_error(ffremote: Ffremote, listed: Script) -> None:
    done = ffremote("list", FFREMOTE_CONFIG="/no/such/config.toml")

    assert (done.returncode, listed.requests) == (6, [])
    assert done.stderr == (
        "ffremote: the configuration file /no/such/config.toml of FFREMOTE_CONFIG does not exist\n"
    )


def test_a_named_file_that_exists_is_read(
    ffremote: Ffremote, listed: Script, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'server = "{listed.url}"\ntoken = "mine"\n')

    assert ffremote("list", FFREMOTE_CONFIG=str(path), FFREMOTE_SERVER="").returncode == 0
    assert listed.requests[0].headers["Authorization"] == "Bearer mine"


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        ("server = 3", 6, "server has the invalid value 3"),
        ("poll_interval = true", 6, "poll_interval has the invalid value True"),
        ("sever = 'x'", 6, "has an unknown key 'sever'"),
        ("server = ", 6, "is not TOML"),
        ("profile = 'x'", 2, "has no profile 'x' (its profiles: none)"),
    ],
)
def test_a_malformed_file_is_an_error_with_its_name(
    ffremote: Ffremote, client_environ: dict[str, str], text: str, status: int, message: str
) -> None:
    path = write(client_environ, text)

    done = ffremote("list")

    assert done.returncode == status
    assert str(path) in done.stderr
    assert message in done.stderr


def test_a_malformed_interval_is_an_error_with_its_name(ffremote: Ffremote) -> None:
    done = ffremote("list", FFREMOTE_POLL_INTERVAL="often")

    assert done.returncode == 2
    assert "'--poll-interval' (env var: 'FFREMOTE_POLL_INTERVAL')" in done.stderr


@pytest.mark.parametrize(
    ("variable", "words", "expected"),
    [
        ("off", (), "off"),
        ("auto", (), None),
        ("", (), "off"),
        ("off", ("--overlap", "auto"), "auto"),
    ],
)
def test_jobs_that_do_not_say_whether_they_begin_early_follow_the_environment(
    ffremote: Ffremote,
    script: Script,
    client_environ: dict[str, str],
    source: Path,
    variable: str,
    words: tuple[str, ...],
    expected: str | None,
) -> None:
    script_completed_job(script)
    write(client_environ, 'overlap = "off"\n')

    done = ffremote("submit", *words, "-i", str(source), "-o", "o.mkv", FFREMOTE_OVERLAP=variable)

    assert done.returncode == 0, done.stderr
    job = submitted_job(script.requests[-1])
    assert isinstance(job, dict)
    assert job.get("overlap") == expected


def test_a_wrong_word_of_the_environment_is_refused(ffremote: Ffremote, listed: Script) -> None:
    done = ffremote("list", FFREMOTE_OVERLAP="never")

    assert done.returncode == 2
    assert "overlap cannot be 'never'" in done.stderr
    assert "use auto or off" in done.stderr
