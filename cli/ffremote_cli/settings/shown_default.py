"""An option whose default is decided elsewhere, and only shown in the help."""

from typing import Any

import click
from click.types import OptionHelpExtra


class ShownDefault(click.Option):
    """A click option with the text `shown_default` as its default in `--help`.

    click has no value to show where the default comes from the configuration file, the server or
    another option, and puts a text of `show_default` into parentheses.
    """

    def __init__(self, *args: Any, shown_default: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._shown_default = shown_default

    def get_help_extra(self, ctx: click.Context) -> OptionHelpExtra:
        """Return the notes in brackets after the help text."""
        extra = super().get_help_extra(ctx)
        if self._shown_default is not None:
            extra["default"] = self._shown_default
        return extra
