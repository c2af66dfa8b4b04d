"""`ffremote doctor`: check the connection, the server and this machine."""

from itertools import chain

import click

from ...doctor import Finding, findings
from ...exits import Exit
from ...formatting import print_json
from ...settings.session import connected, current_settings
from ...settings.shared_options import SharedCommand


@click.command(
    cls=SharedCommand,
    name="doctor",
    examples=("ffremote doctor", "ffremote doctor --server http://big:8080 --json"),
)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Check the connection, the server and this machine, and suggest fixes.

    The exit status is that of the first error, or 0.
    """
    settings = current_settings()
    found: list[Finding] = []
    with connected(warns=False) as client:
        for finding in chain(_token_finding(settings.token_warning), findings(client)):
            found.append(finding)
            if not settings.json:
                click.echo(_line(finding))
    if settings.json:
        print_json({"findings": [_to_json(each) for each in found]})
    ctx.exit(next((each.exit for each in found if each.exit), Exit.DONE))


def _token_finding(reason: str | None) -> list[Finding]:
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
