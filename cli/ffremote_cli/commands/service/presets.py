"""`ffremote presets`: list the presets of the server."""

import click

from ...formatting import print_json, table
from ...settings.session import connected, current_settings
from ...settings.shared_options import SharedCommand


@click.command(
    cls=SharedCommand,
    name="presets",
    examples=("ffremote presets", "ffremote run -i in.mov -o out.mp4 --preset web-720p"),
)
def command() -> None:
    """List the presets of the server, for the option --preset of `run` and `submit`."""
    with connected() as client:
        presets = client.presets()
    if current_settings().json:
        print_json(presets)
        return
    rows = [(str(each["name"]), str(each.get("description", ""))) for each in presets["items"]]
    click.echo(table(("PRESET", "DESCRIPTION"), rows))
