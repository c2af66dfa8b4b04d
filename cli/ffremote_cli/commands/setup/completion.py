"""`ffremote completion`: print the shell completion script."""

import click
from click.shell_completion import get_completion_class

from ...settings.shared_options import SharedCommand

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
    """Print the script that completes commands, options and job ids in a shell."""
    completion_class = get_completion_class(shell)
    assert completion_class is not None  # click has a class for each of the choices
    completion = completion_class(ctx.find_root().command, {}, "ffremote", VARIABLE)
    click.echo(completion.source_template % completion.source_vars())
