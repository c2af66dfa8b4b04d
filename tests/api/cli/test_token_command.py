"""`flask token`: tokens added, listed and revoked."""

import re

import pytest
from click.testing import Result
from flask import Flask

from ffremote.api.access.auth import Tokens, new_token
from ffremote.api.app import create_app
from ffremote.config import Settings

JOBS = "/api/v1/jobs"


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["token", *arguments])


def test_an_added_token_is_printed_once_and_works_until_it_is_revoked(app: Flask) -> None:
    secret = run(app, "add", "alice", "--expires", "90d").stdout.strip()
    headers = {"Authorization": f"Bearer {secret}"}
    accepted = app.test_client().get(JOBS, headers=headers).status_code

    listed = run(app, "list").stdout
    revoked = run(app, "revoke", "alice").stdout

    moment = r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    line = rf"client  valid    alice  made {moment}, expires {moment}\n"
    assert (accepted, revoked) == (200, "alice is revoked\n")
    assert re.fullmatch(line, listed)
    assert secret not in listed
    assert app.test_client().get(JOBS, headers=headers).status_code == 401
    assert run(app, "list").stdout.startswith("client  revoked  alice")


def test_a_token_of_a_worker_is_none_of_a_client(app: Flask) -> None:
    made = run(app, "add", "box", "--worker")
    headers = {"Authorization": f"Bearer {made.stdout.strip()}"}
    client = app.test_client()

    kinds = [
        client.get(path, headers=headers).status_code
        for path in (JOBS, "/worker/v1/claims/" + "0" * 32)
    ]

    assert "FFREMOTE_WORKER_TOKEN" in made.stderr
    assert kinds == [403, 204]
    assert run(app, "list").stdout.startswith("worker  valid    box  made")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["add", "alice"], 1, "there is a token 'alice'; choose another name"),
        (["add", "configured"], 1, "FFREMOTE_TOKENS has a token 'configured'"),
        (["revoke", "bob"], 1, "there is no token 'bob'; see flask token list"),
        (["revoke", "configured"], 1, "'configured' is an entry of FFREMOTE_TOKENS"),
        (["add", "a/b"], 2, "letters, digits"),
        (["add", "a" * 65], 2, "1 to 64 letters"),
        (["add", "bob", "--expires", "soon"], 2, "'soon' is not a duration"),
        (["add"], 2, "Missing argument 'NAME'"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    settings: Settings, arguments: list[str], status: int, message: str
) -> None:
    app = create_app(settings.model_copy(update={"tokens": new_token("configured")[1]}))
    run(app, "add", "alice")

    refused = run(app, *arguments)

    assert (refused.exit_code, message in refused.output) == (status, True), refused.output
    assert refused.stdout == ""


@pytest.mark.parametrize("arguments", [["alice"], ["entry", "alice"]])
def test_a_name_alone_prints_an_entry_for_the_setting(app: Flask, arguments: list[str]) -> None:
    made = run(app, *arguments)
    refused = run(app, *arguments[:-1], "a b")

    assert list(Tokens.parse(made.stdout.strip()).hashes) == ["alice"]
    assert made.stderr.split()[-1] not in made.stdout
    assert refused.exit_code == 2
    assert run(app, "list").stdout == ""


def test_configured_tokens_are_listed_too(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"tokens": new_token("alice")[1]}))

    assert run(app, "list").stdout == "client  valid    alice  in FFREMOTE_TOKENS\n"
