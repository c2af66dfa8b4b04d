"""The options of ffremote before those of ffmpeg on one command line."""

import click

from ..settings.shared_options import SharedCommand


class FfmpegCommand(SharedCommand):
    """Reads options that begin with two dashes, up to the first other argument, as its own."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep click from splitting ffmpeg's arguments: `-vf` is not `-v -f`."""
        flags = {
            name: isinstance(param, click.Option) and param.is_flag
            for param in self.get_params(ctx)
            for name in param.opts
        }
        index = 0
        while index < len(args) and args[index].startswith("--") and args[index] != "--":
            name, equals, _ = args[index].partition("=")
            index += 1 if equals or flags.get(name, True) else 2
        rest = args[index + 1 :] if args[index : index + 1] == ["--"] else args[index:]
        return super().parse_args(ctx, [*args[:index], "--", *rest])
