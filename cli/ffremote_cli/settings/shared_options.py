"""Options that every command takes, on either side of the command's name."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import click
from click.core import ParameterSource

DEFAULT_SERVER = "http://127.0.0.1:8080"
_KEY = "ffremote_cli"

C = TypeVar("C", bound=click.Command)


def said(ctx: click.Context) -> Mapping[str, Any]:
    """What the command line and the environment say, by the names of the options."""
    found: Mapping[str, Any] = ctx.meta.get(_KEY, {})
    return found


def wants_json(ctx: click.Context) -> bool:
    """Whether the answer goes to a script."""
    return bool(said(ctx).get("json"))


def shared_options() -> list[click.Option]:
    """A fresh set of the options that all commands have."""
    return [
        _shared(
            "--server",
            metavar="URL",
            envvar="FFREMOTE_SERVER",
            help=f"The server; {DEFAULT_SERVER} by default.",
        ),
        _shared(
            "--token",
            metavar="TOKEN",
            envvar="FFREMOTE_TOKEN",
            help="The server's token. Other users of this machine can read a command line: "
            "rather set the variable, or a profile.",
        ),
        _shared(
            "--poll-interval",
            type=click.FloatRange(0.05, 3600),
            metavar="SECONDS",
            envvar="FFREMOTE_POLL_INTERVAL",
            help="Longest pause between two looks at a job; 1 s by default.",
        ),
        _shared(
            "--patience",
            type=click.FloatRange(0, 7 * 86400),
            metavar="SECONDS",
            envvar="FFREMOTE_PATIENCE",
            help="How long to wait for a server that is away; 60 s by default.",
        ),
        _shared(
            "--profile",
            metavar="NAME",
            envvar="FFREMOTE_PROFILE",
            help="A profile of the configuration file.",
        ),
        _shared("--json", is_flag=True, help="Print JSON, for scripts."),
        _shared("-q", "--quiet", is_flag=True, help="No bars and no remarks."),
    ]


def shows_progress(command: C) -> C:
    """Give a command that takes a while the option for how it shows its progress."""
    option = _shared(
        "--progress",
        type=click.Choice(("auto", "bar", "plain", "json", "none")),
        metavar="HOW",
        help="On stderr: bar, plain (lines), json (a JSON object a line) or none; by default bars "
        "on a terminal, and nothing elsewhere.",
    )
    command.params.append(option)
    return command


def _shared(*names: str, **attributes: Any) -> click.Option:
    return click.Option(
        names,
        expose_value=False,
        callback=_remember,
        show_envvar="envvar" in attributes,
        **attributes,
    )


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep the value where both sides of the command's name find it; a typed one wins."""
    assert param.name is not None
    kept: dict[str, Any] = ctx.meta.setdefault(_KEY, {})
    typed = ctx.get_parameter_source(param.name) is ParameterSource.COMMANDLINE
    if typed or kept.get(param.name) is None:
        kept[param.name] = value


class SharedCommand(click.Command):
    """A command with the shared options, and examples at the end of its help."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        taken = {name for param in self.params for name in param.opts}
        self.params += [
            option for option in shared_options() if not taken.intersection(option.opts)
        ]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they are typed."""
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"  {example}\n")
        super().format_epilog(ctx, formatter)
