"""`ffremote ffmpeg`: an ordinary ffmpeg command line, run on the server."""

from collections.abc import Sequence
from contextlib import nullcontext

import click

from ..errors import ClientError, JobFailed, Stopped, Unreachable
from ..exits import one_line
from ..ffmpeg_cli.files import source_of, sources_of, target_of
from ..ffmpeg_cli.local_ffmpeg import run_instead
from ..ffmpeg_cli.questions import answer
from ..formatting import plain, remark
from ..settings.option_names import name_options
from ..settings.session import connected, current_settings, history
from ..settings.shared_options import SharedCommand
from ..translate import FirstPass, Line, Translation, read_line, translate
from ..translate.console_options import ConsoleOptions, read_talk
from ..translate.server_words import option_of
from ..ui.progress_bars import ProgressDisplay
from ..ui.progress_file import ProgressReport, opened
from ..workflow.conversion import Conversion, ConversionResult, run
from ..workflow.interrupt import CtrlC
from ..workflow.parallel import run_parallel
from ..workflow.progress_view import ProgressView

INTERRUPTED = 255
"""What ffmpeg ends with after Ctrl-C."""

_EXAMPLES = (
    "ffremote ffmpeg -i in.mov -c:v libx264 -crf 23 out.mp4",
    "ffremote ffmpeg -ss 1:30 -i in.mp4 -t 20 -c copy clip.mp4",
    "ffremote ffmpeg --local-fallback -i in.mkv -vn -q:a 2 out.mp3",
    'ln -s "$(command -v ffremote)" ~/bin/ffmpeg; ffmpeg -i in.mov out.mp4',
)


class FfmpegCommand(SharedCommand):
    """Takes its own options as long as they begin with two dashes; the rest is ffmpeg's."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep click away from ffmpeg's words: `-vf` is not `-v -f`."""
        flags = {
            name: isinstance(param, click.Option) and param.is_flag
            for param in self.get_params(ctx)
            for name in param.opts
        }
        place = 0
        while place < len(args) and args[place].startswith("--") and args[place] != "--":
            name, equals, _ = args[place].partition("=")
            place += 1 if equals or flags.get(name, True) else 2
        rest = args[place + 1 :] if args[place : place + 1] == ["--"] else args[place:]
        return super().parse_args(ctx, [*args[:place], "--", *rest])


@click.command(cls=FfmpegCommand, name="ffmpeg", examples=_EXAMPLES)
@click.option(
    "--local-fallback",
    is_flag=True,
    envvar="FFREMOTE_LOCAL_FALLBACK",
    show_envvar=True,
    help="Run this machine's ffmpeg when no server answers.",
)
@click.option("--dry-run", is_flag=True, help="Only print the command that the server would run.")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="FFMPEG-ARGUMENTS...")
@click.pass_context
def command(
    ctx: click.Context, local_fallback: bool, dry_run: bool, words: tuple[str, ...]
) -> None:
    """Run an ordinary ffmpeg command line on the server.

    The input is uploaded and the output arrives where the command line says. What a job cannot
    say is refused by name. The exit status is ffmpeg's: 0, what ffmpeg ended with, or 255 after
    Ctrl-C. Options of ffremote come first and begin with two dashes.
    """
    shows_log = True
    try:
        if local_fallback and not _server_answers():
            run_instead(words)
        line = read_line(words)
        talk = read_talk(line)
        shows_log = talk.shows_log
        if dry_run and line.question is None:
            _print_dry_run(line)
        else:
            _run(line, talk)
    except ClientError as exc:
        name_options([exc], option_of)
        click.echo(_told(exc, shows_log=shows_log), err=True)
        ctx.exit(_status(exc))


def _print_dry_run(line: Line) -> None:
    means = translate(line)
    if isinstance(means, Translation):
        with connected() as client:
            click.echo(client.dry_run(means.job)["command"])


def _server_answers() -> bool:
    try:
        with connected() as client:
            client.check_health()
    except Unreachable:
        return False
    return True


def _run(line: Line, talk: ConsoleOptions) -> None:
    if line.question is not None:
        with connected() as client:
            click.echo(answer(client, line.question))
        return
    means = translate(line)
    if isinstance(means, FirstPass):
        _remark(["the second pass makes the server do both"], talk)
        return
    _remark(means.remarks, talk)
    with (
        source_of(means) as path,
        target_of(means, overwrite=talk.overwrite) as target,
    ):
        sources = sources_of(means)
        conversion = Conversion(
            path, means.job, target, overwrite=True, history=history(), sources=sources
        )
        outcome = _carried(conversion, talk)
    _remark(outcome.job.get("warnings") or (), talk)


def _remark(sentences: Sequence[str], talk: ConsoleOptions) -> None:
    for sentence in sentences if talk.shows_remarks else ():
        remark(f"ffremote: {sentence}", quiet=current_settings().quiet)


def _carried(conversion: Conversion, talk: ConsoleOptions) -> ConversionResult:
    quiet = current_settings().quiet or not talk.shows_progress
    target = talk.progress_target
    report = opened(target, conversion.sources) if target else nullcontext()
    with (
        CtrlC() as ctrl_c,
        connected(ctrl_c.stop) as client,
        ProgressDisplay(quiet=quiet) as board,
        report as stream,
    ):
        view: ProgressView = board.view(conversion.input.name)
        if stream is not None:
            view = ProgressReport(view, stream)
        [answer] = run_parallel(
            [conversion], lambda it: run(client, it, view), at_once=1, stop=client.stop
        )
    if isinstance(answer, ClientError):
        raise answer
    return answer


def _told(error: ClientError, *, shows_log: bool) -> str:
    if not isinstance(error, JobFailed) or not shows_log:
        return one_line(error)
    tail = error.details.get("stderr_tail") or ()
    lines = tail.splitlines() if isinstance(tail, str) else tail
    return "\n".join([*map(plain, lines), one_line(error)])


def _status(error: ClientError) -> int:
    if isinstance(error, Stopped):
        return INTERRUPTED
    if isinstance(error, JobFailed):
        return int(error.details.get("exit_code") or 1)
    return 1
