"""The commands as pages of the manual: usage, help, options by section, examples."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from inspect import cleandoc

import click

from ..settings.job_options import section_of
from ..settings.shared_options import SharedCommand, shared_options

_JOB_OPTIONS = "and the options for video, audio, subtitles and the job, as for `ffremote run`"


@dataclass(frozen=True, slots=True)
class Page:
    """One command, independent of the output format."""

    name: str
    usage: str
    help: str
    sections: dict[str, list[tuple[str, str]]]
    examples: Sequence[str]


def pages(group: click.Group) -> Iterator[Page]:
    """Yield a page for each command, in the order of `ffremote --help`."""
    root = click.Context(group, info_name="ffremote")
    for name in group.list_commands(root):
        command = group.get_command(root, name)
        assert command is not None
        ctx = click.Context(command, info_name=name, parent=root)
        usage = " ".join(command.collect_usage_pieces(ctx))
        examples = command.examples if isinstance(command, SharedCommand) else ()
        yield Page(
            name, f"ffremote {name} {usage}", _help(command), _sections(command, ctx), examples
        )


def shared_records(group: click.Group) -> list[tuple[str, str]]:
    """Return (option, help) for each option that every command has."""
    ctx = click.Context(group, info_name="ffremote")
    return _records(shared_options(), ctx)


def _sections(command: click.Command, ctx: click.Context) -> dict[str, list[tuple[str, str]]]:
    """Return the command's own options as (option, help), by the sections of its help."""
    common = {name for option in shared_options() for name in option.opts}
    found: dict[str, list[tuple[str, str]]] = {}
    for param in command.params:
        if isinstance(param, click.Option) and not common.intersection(param.opts):
            title = section_of(param.name or "") or "Options"
            found.setdefault(title, []).extend(_records([param], ctx))
    if command.name == "run" or len(found) < 2:
        return found
    return {"Options": found["Options"], _JOB_OPTIONS: []}


def _records(params: Sequence[click.Parameter], ctx: click.Context) -> list[tuple[str, str]]:
    found = [param.get_help_record(ctx) for param in params]
    return [record for record in found if record is not None]


def _help(command: click.Command) -> str:
    parts = cleandoc(command.help or "").split("\n\n")
    return "\n\n".join(" ".join(part.split()) for part in parts)
