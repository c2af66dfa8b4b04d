"""docs/cli.md and the man page agree with the help of the commands."""

import subprocess
import sys

import click
import pytest

from ffremote_cli.main import cli
from ffremote_cli.manual.pages import pages
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


def test_the_version_is_printed_without_loading_the_http_client() -> None:
    code = (
        "import sys, ffremote_cli.main as m; m.run(['--version']);"
        "print(sorted({'requests', 'tqdm', 'tomllib', 'flask', 'ffremote'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"
