"""`ffremote completion`: the script that completes commands and options in a shell."""

import click
from click.shell_completion import get_completion_class

from ..settings.shared_options import SharedCommand

VARIABLE = "_FFREMOTE_COMPLETE"


@click.command(
    cls=SharedCommand,
    name="completion",
    examples=(
        'bash:  eval "$(ffremote completion bash)"      in ~/.bashrc',
        'zsh:   eval "$(ffremote completion zsh)"       in ~/.zshrc, after compinit',
        "fish:  ffremote completion fish > ~/.config/fish/completions/ffremote.fish",
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that completes commands and options in SHELL."""
    kind = get_completion_class(shell)
    assert kind is not None  # click has these three
    maker = kind(ctx.find_root().command, {}, "ffremote", VARIABLE)
    click.echo(maker.source_template % maker.source_vars())
