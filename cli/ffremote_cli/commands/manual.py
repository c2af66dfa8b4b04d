"""`ffremote manual`: prints docs/cli.md or the man page; for packagers, so it is hidden."""

import click

from ..manual import man_page, markdown_page


@click.command(name="manual", hidden=True)
@click.argument("form", type=click.Choice(["markdown", "man"]))
@click.pass_context
def command(ctx: click.Context, form: str) -> None:
    """Print the manual as markdown, or as a man page."""
    group = ctx.find_root().command
    assert isinstance(group, click.Group)
    page = markdown_page if form == "markdown" else man_page
    click.echo(page.render(group), nl=False)
