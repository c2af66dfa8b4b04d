"""`ffremote presets`: what the server's operator has prepared."""

import click

from ..formatting import print_json, table
from ..settings.session import connected, current_settings
from ..settings.shared_options import SharedCommand


@click.command(
    cls=SharedCommand,
    name="presets",
    examples=("ffremote presets", "ffremote run -i in.mov -o out.mp4 --preset web-720p"),
)
def command() -> None:
    """List the presets that `--preset` takes."""
    with connected() as client:
        said = client.presets()
    if current_settings().json:
        print_json(said)
        return
    rows = [(str(each["name"]), str(each.get("description", ""))) for each in said["items"]]
    click.echo(table(("PRESET", "MAKES"), rows))
