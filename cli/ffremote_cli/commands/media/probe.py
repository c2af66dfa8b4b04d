"""`ffremote probe`: show what media files hold."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import click

from ...formatting import print_json
from ...settings.command_options import at_once_option
from ...settings.session import connected, current_settings
from ...settings.shared_options import SharedCommand, shows_progress
from ...ui.conversions import Display, convert_all
from ...ui.media_table import media_table
from ...ui.report import raise_failure
from ...ui.summary import InputResult
from ...workflow.conversion import Conversion, ConversionResult, run
from ...workflow.describing import describe
from ...workflow.inputs import expand_inputs
from ...workflow.interrupt import CtrlC
from ...workflow.media_facts import facts_of
from ...workflow.progress_view import KeptOpen

_EXAMPLES = (
    "ffremote probe in.mp4",
    "ffremote probe *.mkv --json",
    "ffremote probe in.mp4 --json | jq -r '.streams[].codec'",
)


@shows_progress
@click.command(cls=SharedCommand, name="probe", examples=_EXAMPLES)
@click.argument(
    "paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@at_once_option
def command(paths: tuple[Path, ...], at_once: int) -> None:
    """Show what media files hold: container, streams, tags, chapters.

    The server's ffprobe reads the files. Of a large FILE, its beginning, its end and its index are
    sent first, and the whole only if its description needs more of it, which a remark says. With
    --json, one line per file has all facts; docs/api.md lists the keys under "What an input holds".
    """
    settings = current_settings()
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:
        conversions = [Conversion(path, {"probe": True}, None) for path in expand_inputs(paths)]

        sent: dict[Path, int | None] = {}

        def probe(conversion: Conversion, display: Display) -> ConversionResult:
            with closing(display.view(conversion.shown.name)) as view:
                found = describe(
                    conversion, lambda each: run(client, each, KeptOpen(view)), client.warn
                )
            sent[conversion.shown] = found.sent_bytes
            return found.result

        ends = convert_all(client, conversions, settings, probe, at_once=at_once)
    _print(ends, sent, as_json=settings.json)
    raise_failure(ends)


def _print(ends: list[InputResult], sent: Mapping[Path, int | None], *, as_json: bool) -> None:
    is_first = True
    for path, result in ends:
        if isinstance(result, ConversionResult):
            facts = facts_of(path, result.job, sent.get(path))
            if as_json:
                print_json(facts)
            else:
                click.echo(("" if is_first else "\n") + media_table(facts))
            is_first = False
        elif as_json and len(ends) > 1 and not isinstance(result, Conversion):
            print_json({"path": str(path), **result.to_json()})
