"""Options of every command, accepted before and after the name of the command."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from ..client.address import DEFAULT_SERVER
from .shown_default import ShownDefault

_KEY = "ffremote_cli"
_GLOBAL = "Global options"
PROGRESS = ("auto", "bar", "plain", "json", "none")

C = TypeVar("C", bound=click.Command)


def given_options(ctx: click.Context) -> Mapping[str, Any]:
    """Return the values from command line and environment, by parameter name."""
    values: Mapping[str, Any] = ctx.meta.get(_KEY, {})
    return values


def wants_json(ctx: click.Context) -> bool:
    """Whether `--json` is given."""
    return bool(given_options(ctx).get("json"))


def shared_options() -> list[click.Option]:
    """Return new instances of the options that every command has."""
    return [
        *_connection_options(),
        _shared("--json", is_flag=True, help="Print JSON on stdout, for scripts."),
        _shared("-q", "--quiet", is_flag=True, help="Print no progress bars and no notes."),
    ]


def _connection_options() -> list[click.Option]:
    return [
        _shared(
            "--server",
            metavar="URL",
            envvar="FFREMOTE_SERVER",
            shown_default=DEFAULT_SERVER,
            help="Address of the ffremote server.",
        ),
        _shared(
            "--token",
            metavar="TOKEN",
            envvar="FFREMOTE_TOKEN",
            help="Token for the server. Other users of this machine can read command lines: prefer "
            "the environment variable or a profile.",
        ),
        _certificates_option(),
        _shared(
            "--poll-interval",
            type=click.FloatRange(0.05, 3600),
            metavar="SECONDS",
            envvar="FFREMOTE_POLL_INTERVAL",
            shown_default="1",
            help="Longest pause between two status requests.",
        ),
        _shared(
            "--patience",
            type=click.FloatRange(0, 7 * 86400),
            metavar="SECONDS",
            envvar="FFREMOTE_PATIENCE",
            shown_default="60",
            help="How long to retry while the server cannot be reached.",
        ),
        _profile_option(),
    ]


def _certificates_option() -> click.Option:
    return _shared(
        "--ca",
        type=click.Path(),
        metavar="FILE",
        envvar="FFREMOTE_CA",
        help="Certificates of a private authority, in PEM, for a server with HTTPS.",
    )


def limits_bandwidth(command: C) -> C:
    """Add the option `--bwlimit` to a command that transfers files."""
    option = _shared(
        "--bwlimit",
        metavar="RATE",
        envvar="FFREMOTE_BWLIMIT",
        help="Limit uploads and downloads together to RATE bytes per second: 500k, 2M.",
    )
    command.params.append(option)
    return command


def _profile_option() -> click.Option:
    return _shared(
        "--profile",
        metavar="NAME",
        envvar="FFREMOTE_PROFILE",
        shell_complete=_profiles,
        shown_default="`profile` in that file",
        help="Profile of the configuration file to use.",
    )


def _profiles(ctx: click.Context, param: click.Parameter, incomplete: str) -> Any:
    completion = import_module(".completion", __package__)  # slow to import
    return completion.profiles(ctx, param, incomplete)


def shows_progress(command: C) -> C:
    """Add the options `--progress` and `--bwlimit` to a command that transfers or follows."""
    option = _shared(
        "--progress",
        type=click.Choice(PROGRESS),
        metavar="HOW",
        envvar="FFREMOTE_PROGRESS",
        shown_default="auto",
        help="Progress on stderr: bar, plain (lines of text), json (one JSON object per line), "
        "none, or auto (bars on a terminal, else plain; nothing with --quiet, or --json and no "
        "terminal).",
    )
    command.params.append(option)
    return limits_bandwidth(command)


def _shared(*names: str, **attributes: Any) -> click.Option:
    return ShownDefault(
        names,
        expose_value=False,
        callback=_remember,
        show_envvar="envvar" in attributes,
        **attributes,
    )


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Store the value for both positions of the option; a typed value overrides others."""
    assert param.name is not None
    values: dict[str, Any] = ctx.meta.setdefault(_KEY, {})
    typed = ctx.get_parameter_source(param.name) is ParameterSource.COMMANDLINE
    if typed or values.get(param.name) is None:
        values[param.name] = value


class SharedCommand(click.Command):
    """A command with the shared options, and examples at the end of its help."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        taken = {name for param in self.params for name in param.opts}
        self.params += [
            option for option in shared_options() if not taken.intersection(option.opts)
        ]

    def section_of(self, option: click.Option) -> str:
        """Return the title of the option's section in `--help`."""
        names = {each.name for each in shared_options()}
        return _GLOBAL if option.name in names else "Options"

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options section by section, the global ones last."""
        sections: dict[str, list[tuple[str, str]]] = {"Options": []}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                sections.setdefault(self.section_of(param), []).append(record)
        for title in sorted(sections, key=_GLOBAL.__eq__):
            if sections[title]:
                with formatter.section(title):
                    formatter.write_dl(sections[title])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples without wrapping their lines."""
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"  {example}\n")
        super().format_epilog(ctx, formatter)
