"""docs/cli.md and the man page agree with the help of the commands."""

import json
import subprocess
import sys

import click
import pytest

from ffremote_cli import errors
from ffremote_cli.group import cli
from ffremote_cli.manual.pages import pages
from ffremote_cli.manual.text import ERROR_CODES
from tests.support.paths import CHECKOUT
from tests.support.scripted_server import Ffremote


@pytest.mark.parametrize(("name", "form"), [("docs/cli.md", "markdown"), ("cli/ffremote.1", "man")])
def test_the_manual_is_up_to_date(ffremote: Ffremote, name: str, form: str) -> None:
    done = ffremote("manual", form)

    assert (CHECKOUT / name).read_text() == done.stdout, f"run: ffremote manual {form} > {name}"


def test_every_command_has_examples() -> None:
    for page in pages(cli):
        assert page.help, page.name
        assert page.examples, page.name


def test_every_option_has_help_in_whole_sentences() -> None:
    root = click.Context(cli, info_name="ffremote")
    for name in cli.list_commands(root):
        command = cli.get_command(root, name)
        assert command is not None
        for param in command.params:
            if isinstance(param, click.Option):
                help = param.help or ""
                assert help[:1].isupper(), f"{name} {param.opts}"
                assert help.endswith("."), f"{name} {param.opts}"


def test_the_overview_lists_every_command() -> None:
    modules = {each.stem for each in (CHECKOUT / "cli/ffremote_cli/commands").glob("*/[a-z]*.py")}

    assert set(cli.list_commands(click.Context(cli))) == modules - {"manual"}


def test_help_shows_the_sections_and_the_examples(ffremote: Ffremote) -> None:
    help = ffremote("run", "--help").stdout

    for word in (
        "Video:",
        "Audio:",
        "Job:",
        "Global options:",
        "Examples:",
        "--crf N",
        "--preset web-720p",
    ):
        assert word in help


@pytest.mark.parametrize("name", ["", *cli.list_commands(click.Context(cli))])
def test_the_help_fits_80_columns_and_ends_in_examples(ffremote: Ffremote, name: str) -> None:
    lines = ffremote(*filter(None, [name]), "--help", COLUMNS="80").stdout.rstrip().split("\n")

    assert [line for line in lines if len(line) > 80] == []
    if name:
        assert lines[-1].startswith("  ")
        assert "Examples:" in lines[-12:]


def test_the_codes_of_the_client_are_listed() -> None:
    kinds = [errors.ClientError]
    for kind in kinds:
        kinds += kind.__subclasses__()

    assert {kind.code for kind in kinds} == set(ERROR_CODES)


def test_a_usage_error_is_json_as_well(ffremote: Ffremote) -> None:
    done = ffremote("list", "--no-such-option", "--json")

    error = json.loads(done.stdout)["error"]
    assert (error["code"], error["details"], done.returncode) == ("USAGE", {}, 2)
    assert "--no-such-option" in error["message"]


def test_the_version_is_printed_without_loading_what_only_commands_need() -> None:
    code = (
        "import sys, ffremote_cli.main as m; m.run(['--version']);"
        "print(sorted({'click', 'requests', 'tqdm', 'tomllib', 'ffremote'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
