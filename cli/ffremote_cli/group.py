"""The commands of `ffremote`: loads the chosen one, runs it, returns its exit status.

Commands are imported on use, so that `ffremote --help` does not wait for requests.
"""

import json
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

import click

from .errors import ClientError, Misused
from .exits import Exit, error_line, status_of
from .main import version_line
from .settings.shared_options import shared_options, wants_json

_COMMANDS = {
    "run": ("media", "Upload a media file, follow its job, download the result."),
    "sync": ("media", "Convert the files of a folder as they arrive."),
    "attach": ("jobs", "Follow earlier jobs and download their results."),
    "submit": ("media", "Upload media files and print their job ids."),
    "status": ("jobs", "Show the state and progress of a job."),
    "show": ("jobs", "Show all about a job: files, times, command, error."),
    "list": ("jobs", "List the jobs of the server, newest first."),
    "watch": ("jobs", "Follow jobs with progress bars until they end."),
    "download": ("jobs", "Download the results of jobs."),
    "files": ("jobs", "List the files of a completed job."),
    "measure": ("media", "Measure sound and picture of media files."),
    "probe": ("media", "Show what media files hold: streams, tags, chapters."),
    "cancel": ("jobs", "Cancel jobs."),
    "retry": ("jobs", "Run a job again on the same inputs, the same or changed."),
    "rm": ("jobs", "Delete the results of jobs from the server."),
    "log": ("jobs", "Show the ffmpeg command of a job and its messages."),
    "presets": ("service", "List the presets of the server."),
    "capabilities": ("service", "Show the encoders, containers and limits of the server."),
    "workers": ("service", "List the workers of the server."),
    "drain": ("service", "Let workers finish their jobs and take no more."),
    "undrain": ("service", "Let draining workers take jobs again."),
    "open": ("service", "Open the page of the server in the browser."),
    "login": ("setup", "Test a server and its token, and store both in a profile."),
    "doctor": ("setup", "Check the connection, the server and this machine."),
    "completion": ("setup", "Print the shell completion script."),
    "ffmpeg": ("media", "Run an ordinary ffmpeg command line on the server."),
}
"""Folder and short help by name; the module `commands.FOLDER.NAME` has the command."""
_HIDDEN = {"manual": ("setup", "Print the manual, generated from the commands.")}


class LazyGroup(click.Group):
    """A group that imports its commands on use; without a command, options belong to `run`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of use, not of the alphabet."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command."""
        if cmd_name not in _COMMANDS | _HIDDEN:
            return None
        folder, _ = (_COMMANDS | _HIDDEN)[cmd_name]
        module = import_module(f".commands.{folder}.{cmd_name}", __package__)
        command: click.Command = module.command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options before the command's name."""
        if not args:
            args = ["--help"]
        return super().parse_args(ctx, self._with_run(ctx, args))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or fail with the nearest one."""
        name = args[0]
        if name not in _COMMANDS | _HIDDEN:
            ctx.fail(f"there is no command {name!r}{_suggestion(name)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the short help of each command without importing it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in _COMMANDS.items()])

    def _with_run(self, ctx: click.Context, args: Sequence[str]) -> list[str]:
        """Insert `run` before the first option that is not a global one."""
        global_options = {name: param for param in self.get_params(ctx) for name in param.opts}
        index = 0
        while index < len(args):
            name, equals, _ = args[index].partition("=")
            param = global_options.get(name)
            if param is None:
                break
            takes_value = isinstance(param, click.Option) and not param.is_flag and not equals
            index += 2 if takes_value else 1
        if index < len(args) and args[index].startswith("-"):
            return [*args[:index], "run", *args[index:]]
        return list(args)


def _suggestion(name: str) -> str:
    if Path(name).exists():
        return f"; to convert the file, type: ffremote run {name} -o OUTPUT"
    close = get_close_matches(name, _COMMANDS, n=1)
    return f"; did you mean {close[0]!r}?" if close else "; `ffremote --help` lists them"


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(version_line())
        ctx.exit()


cli = LazyGroup(
    "ffremote",
    params=[
        *shared_options(),
        click.Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_print_version,
            help="Print the version and exit.",
        ),
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=(
        "Your machine's ffmpeg, run on a bigger one.\n\n"
        "`ffremote COMMAND --help` shows the options and examples of a command. Without a command, "
        "options belong to `run`:\n\n"
        "\b\n"
        "  ffremote --server http://big:8080 -i in.mp4 --crf 23 -o out.mp4"
    ),
)


def complete(instruction: str) -> int:
    """Print the completions that a shell asks for; return the exit status."""
    completing = import_module("click.shell_completion")
    status: int = completing.shell_complete(cli, {}, "ffremote", "_FFREMOTE_COMPLETE", instruction)
    return status


def run(words: list[str]) -> int:
    """Run the command line in `words`; return the exit status."""
    try:
        with cli.make_context("ffremote", words) as ctx:
            try:
                cli.invoke(ctx)
            except ClientError as exc:
                return _print_error(ctx, exc)
        return Exit.DONE
    except click.exceptions.Exit as exc:
        return exc.exit_code
    except click.ClickException as exc:
        return _print_usage_error(exc, as_json="--json" in words)
    except (KeyboardInterrupt, click.Abort):
        if sys.stderr.isatty():
            click.echo(err=True)  # so that the shell's prompt begins on a new line
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader of stdout has closed it; Python must not try to flush it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _print_error(ctx: click.Context, error: ClientError) -> int:
    click.echo(error_line(error), err=True)
    if wants_json(ctx):
        click.echo(json.dumps(error.to_json(), ensure_ascii=False))
    return status_of(error)


def _print_usage_error(exc: click.ClickException, *, as_json: bool) -> int:
    message = exc.format_message().strip().rstrip(".")
    ctx = getattr(exc, "ctx", None)
    path = ctx.command_path if ctx is not None else "ffremote"
    click.echo(f"ffremote: {message} (see `{path} --help`)", err=True)
    if as_json:
        click.echo(json.dumps(Misused(message).to_json(), ensure_ascii=False))
    return Exit.USAGE
