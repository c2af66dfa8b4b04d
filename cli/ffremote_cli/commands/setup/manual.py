"""`ffremote manual`: print docs/cli.md or the man page; hidden, because it is for packagers."""

import click

from ...manual import man_page, markdown_page


@click.command(name="manual", hidden=True)
@click.argument("format_name", metavar="FORMAT", type=click.Choice(["markdown", "man"]))
@click.pass_context
def command(ctx: click.Context, format_name: str) -> None:
    """Print the manual as Markdown (docs/cli.md) or as a man page."""
    group = ctx.find_root().command
    assert isinstance(group, click.Group)
    page = markdown_page if format_name == "markdown" else man_page
    click.echo(page.render(group), nl=False)
