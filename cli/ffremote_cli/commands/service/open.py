"""`ffremote open`: open the page of the server in the browser."""

import os
import sys
import webbrowser

import click

from ...formatting import print_json, remark
from ...settings.session import connected, current_settings
from ...settings.shared_options import SharedCommand


@click.command(cls=SharedCommand, name="open", examples=("ffremote open", "ffremote open --print"))
@click.option("--print", "only_prints", is_flag=True, help="Print the address only.")
def command(only_prints: bool) -> None:
    """Print the address of the server's page, and open it in the browser.

    Nothing is opened without a desktop, or if stdout is not a terminal. The page asks for the
    token, if the server has tokens.
    """
    settings = current_settings()
    with connected(warns=False) as client:
        client.check_health()
        address = f"{client.url.removesuffix('/api/v1')}/"
    if settings.json:
        print_json({"url": address})
        return
    click.echo(address)
    if only_prints or not sys.stdout.isatty():
        return
    if not _has_desktop() or not webbrowser.open(address):
        remark("no browser was found; open the address yourself", quiet=settings.quiet)


def _has_desktop() -> bool:
    """Whether a browser has a screen; without one, a text browser would take the terminal."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in names)
