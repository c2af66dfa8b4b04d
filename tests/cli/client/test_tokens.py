"""A token in the configuration file is sent only to the server configured with it."""

from pathlib import Path

import pytest

from ffremote_cli import Client, Unreachable
from ffremote_cli.client.address import origin_of
from ffremote_cli.client.config_file import Profile, token_for
from tests.support.scripted_job import JOB
from tests.support.scripted_server import Ffremote, Reply, Script, json_reply
from tests.support.scripted_tus import SIZE


@pytest.fixture
def listed(script: Script) -> Script:
    script.on("GET /jobs", json_reply(items=[], total=0, next_cursor=None))
    script.on("GET /healthz", json_reply(status="ok"))
    return script


def configure(environ: dict[str, str], text: str) -> Path:
    path = Path(environ["HOME"], ".config", "ffremote", "config.toml")
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


def tokens_seen(script: Script) -> set[str | None]:
    return {request.headers.get("Authorization") for request in script.requests}


PROFILE = 'profile = "big"\n[profiles.big]\nserver = "http://192.0.2.2:18502"\ntoken = "SECRET"\n'
TOP_LEVEL = 'server = "http://192.0.2.2:18502"\ntoken = "SECRET"\n'
NO_SERVER = 'token = "SECRET"\n'


@pytest.mark.parametrize("text", [PROFILE, TOP_LEVEL, NO_SERVER])
def test_another_server_does_not_get_the_token_of_the_file(
    ffremote: Ffremote, listed: Script, client_environ: dict[str, str], text: str
) -> None:
    configure(client_environ, text)

    by_environment = ffremote("list")
    by_option = ffremote("list", "--server", listed.url, FFREMOTE_SERVER="")
    doctor = ffremote("doctor", "--server", listed.url)

    assert tokens_seen(listed) == {None}
    for done in (by_environment, by_option, doctor):
        assert "SECRET" not in done.stdout + done.stderr
        assert f"is not sent to {listed.url}: it belongs to http://" in done.stderr + done.stdout


def test_the_warning_names_the_tokens_server_and_the_alternatives(
    ffremote: Ffremote, listed: Script, client_environ: dict[str, str]
) -> None:
    configure(client_environ, PROFILE)

    done = ffremote("list")

    assert done.stderr.splitlines()[0] == (
        f"ffremote: warning: the token of profile 'big' is not sent to {listed.url}: it belongs "
        "to http://192.0.2.2:18502 (FFREMOTE_TOKEN sets one for any server)"
    )


def test_the_top_level_token_is_not_sent_to_the_server_of_a_profile(
    ffremote: Ffremote, listed: Script, client_environ: dict[str, str]
) -> None:
    configure(
        client_environ, f'{TOP_LEVEL}[profiles.local]\nserver = "{listed.url}"\nquiet = false\n'
    )

    ffremote("list", "--profile", "local", FFREMOTE_SERVER="")

    assert tokens_seen(listed) == {None}


def test_the_token_of_the_environment_is_sent_to_any_server(
    ffremote: Ffremote, listed: Script, client_environ: dict[str, str]
) -> None:
    configure(client_environ, PROFILE)

    done = ffremote("list", FFREMOTE_TOKEN="anywhere")

    assert tokens_seen(listed) == {"Bearer anywhere"}
    assert "not sent" not in done.stderr


def test_its_own_server_gets_it_in_every_spelling_of_the_address(
    ffremote: Ffremote, listed: Script, client_environ: dict[str, str]
) -> None:
    configure(client_environ, f'server = "{listed.url}"\ntoken = "SECRET"\n')
    bare = listed.url.removeprefix("http://")

    for server in (bare, f"{listed.url}/", f"{listed.url}/api/v1"):
        assert ffremote("list", "--server", server, FFREMOTE_SERVER="").returncode == 0

    assert tokens_seen(listed) == {"Bearer SECRET"}


@pytest.mark.parametrize(
    ("home", "asked", "is_sent"),
    [
        ("https://big.example", "https://BIG.example:443/api/v1/", True),
        ("https://big.example", "http://big.example", False),
        ("https://big.example", "http://big.example:443", False),
        ("https://big.example", "https://big.example:8443", False),
        ("https://big.example", "https://big.example.evil.test", False),
        ("https://big.example", "https://big.example@evil.test", False),
        ("http://big", "big", True),
        ("http://big:8080", "big", False),
    ],
)
def test_scheme_host_and_port_must_be_the_same(home: str, asked: str, is_sent: bool) -> None:
    token, warning = token_for(asked, Profile({}, "SECRET", home, "profile 'big'"))

    assert (token == "SECRET") == is_sent
    assert (warning is None) == is_sent


@pytest.mark.parametrize("address", ["ftp://x", "http://", "http://x:99999", "http://[::1"])
def test_a_malformed_address_has_no_origin(address: str) -> None:
    assert origin_of(address) is None


def test_a_redirect_does_not_carry_the_token(ffremote: Ffremote, script: Script) -> None:
    script.on("GET /jobs", Reply(307, b"", {"Location": f"{script.url}/elsewhere"}))

    done = ffremote("list", FFREMOTE_TOKEN="sesame")

    assert done.returncode == 3
    assert script.calls() == ["GET /jobs?limit=50"]
    assert f"redirects to {script.url}/elsewhere (307)" in done.stderr


def test_an_upload_url_on_another_server_gets_neither_token_nor_file(
    script: Script, tmp_path: Path
) -> None:
    source = tmp_path / "large.mkv"
    source.write_bytes(bytes(SIZE))
    script.on("OPTIONS /uploads", Reply(204, b"", {"Tus-Extension": "creation"}))
    elsewhere = "http://127.0.0.1:1/api/v1/uploads/u"
    script.on("POST /uploads", json_reply(201, {"Location": elsewhere}, job_id=JOB))

    with (
        Client(script.url, token="sesame") as client,
        pytest.raises(Unreachable, match=r"names another server for the upload, .*127\.0\.0\.1:1"),
    ):
        client.submit(source, {"output_filename": "o.mp4"})
