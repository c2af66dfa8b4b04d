"""`ffremote doctor`: is everything right, and what to do where it is not."""

from itertools import chain

import click

from ..doctor import Finding, findings
from ..exits import Exit
from ..formatting import print_json
from ..settings.session import connected, current_settings
from ..settings.shared_options import SharedCommand


@click.command(
    cls=SharedCommand,
    name="doctor",
    examples=("ffremote doctor", "ffremote doctor --server http://big:8080 --json"),
)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Check the way to the server, the server, and this machine."""
    settings = current_settings()
    as_json = settings.json
    found: list[Finding] = []
    with connected(warns=False) as client:
        for finding in chain(_withheld(settings.withheld), findings(client)):
            found.append(finding)
            if not as_json:
                click.echo(_line(finding))
    if as_json:
        print_json({"findings": [_to_json(each) for each in found]})
    ctx.exit(next((each.exit for each in found if each.exit), Exit.DONE))


def _withheld(reason: str | None) -> list[Finding]:
    return [] if reason is None else [Finding("warning", "token", reason)]


def _line(finding: Finding) -> str:
    line = f"{finding.level:8} {finding.what:9} {finding.detail}"
    return line if finding.advice is None else f"{line}\n{'':18} -> {finding.advice}"


def _to_json(finding: Finding) -> dict[str, str | None]:
    return {
        "level": finding.level,
        "what": finding.what,
        "said": finding.detail,
        "advice": finding.advice,
    }
