"""`ffremote manual`: prints docs/cli.md or the man page; for packagers, so it is hidden."""

import click

from .. import manual


@click.command(name="manual", hidden=True)
@click.argument("form", type=click.Choice(["markdown", "man"]))
@click.pass_context
def command(ctx: click.Context, form: str) -> None:
    """Print the manual as markdown, or as a man page."""
    group = ctx.find_root().command
    assert isinstance(group, click.Group)
    click.echo(manual.markdown(group) if form == "markdown" else manual.man(group), nl=False)
