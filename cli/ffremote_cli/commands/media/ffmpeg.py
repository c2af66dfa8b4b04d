"""`ffremote ffmpeg`: run an ordinary ffmpeg command line on the server."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import click

from ...errors import ClientError, JobFailed, Refused, Unreachable
from ...exits import error_line
from ...ffmpeg_cli.concat_list import with_listed_files
from ...ffmpeg_cli.ending import NO_PICTURE, error_text, exit_status, is_no_picture
from ...ffmpeg_cli.files import input_files, output_files, reads_stdin, sources_of
from ...ffmpeg_cli.hls_playlist import with_segments
from ...ffmpeg_cli.information import information_text
from ...ffmpeg_cli.local_ffmpeg import exec_local_ffmpeg
from ...ffmpeg_cli.messages import print_log
from ...ffmpeg_cli.own_options import FfmpegCommand
from ...ffmpeg_cli.packages import path_maker, relink_lists
from ...ffmpeg_cli.shown_inputs import ENDING, describe_inputs, has_no_output, printed_lines
from ...ffmpeg_cli.warnings import as_ffmpeg
from ...formatting import remark
from ...settings.command_options import dry_run_option
from ...settings.completion import files
from ...settings.option_names import name_options
from ...settings.session import connected, current_settings, history
from ...settings.shared_options import limits_bandwidth
from ...translate import CannotTranslate, CommandLine, FirstPass, Translation, parse, translate
from ...translate.console_options import ConsoleOptions, read_console_options
from ...translate.option_lookup import option_of
from ...ui.progress_bars import ProgressDisplay
from ...ui.progress_file import ProgressReport, open_progress
from ...workflow.conversion import Conversion, ConversionResult, run
from ...workflow.describing import describe
from ...workflow.interrupt import CtrlC
from ...workflow.parallel import run_parallel
from ...workflow.progress_view import ProgressView

_EXAMPLES = (
    "ffremote ffmpeg -i in.mov -c:v libx264 -crf 23 out.mp4",
    "ffremote ffmpeg -ss 1:30 -i in.mp4 -t 20 -c copy clip.mp4",
    "ffremote ffmpeg -i in.mp4 -i a.mp3 -map 0:v -map 1:a -c copy -shortest out.mp4",
    "ffremote ffmpeg --local-fallback -i in.mkv -vn -q:a 2 out.mp3",
    'ln -s "$(command -v ffremote)" ~/bin/ffmpeg; ffmpeg -i in.mov out.mp4',
)


@limits_bandwidth
@click.command(cls=FfmpegCommand, name="ffmpeg", examples=_EXAMPLES)
@click.option(
    "--local-fallback",
    is_flag=True,
    envvar="FFREMOTE_LOCAL_FALLBACK",
    show_envvar=True,
    help="Run the local ffmpeg if the server cannot be reached or cannot run the line.",
)
@dry_run_option
@click.argument(
    "arguments",
    nargs=-1,
    type=click.UNPROCESSED,
    metavar="FFMPEG-ARGUMENTS...",
    shell_complete=files,
)
@click.pass_context
def command(
    ctx: click.Context, local_fallback: bool, dry_run: bool, arguments: tuple[str, ...]
) -> None:
    """Run an ordinary ffmpeg command line on the server.

    The inputs are uploaded, and the result is downloaded to the output path. Options that the
    server does not support are refused by name. Options of ffremote come first and begin with two
    dashes.

    A line without an output prints what its inputs hold, in the words of FFmpeg, and ends with 1.
    Of large inputs only parts are sent, as `ffremote probe` does.

    The exit status is that of ffmpeg: 0 on success, FFmpeg's own status on failure, 255 after
    Ctrl-C.
    """
    shows_log = True
    try:
        if local_fallback and (refusal := _refusal_of(arguments)) is not None:
            name_options([refusal], option_of)
            click.echo(f"{error_line(refusal)}; the local ffmpeg runs instead", err=True)
            exec_local_ffmpeg(arguments)
        line = _with_files(arguments)
        console = read_console_options(line)
        shows_log = console.shows_log
        if line.information_option is not None:
            with connected() as client:
                click.echo(information_text(client, line.information_option))
        elif dry_run:
            _print_dry_run(line)
        elif has_no_output(line):
            _show_inputs(line, console)
            ctx.exit(1)
        else:
            _run(line, console)
    except ClientError as exc:
        name_options([exc], option_of)
        click.echo(error_text(exc, shows_log=shows_log), err=True)
        ctx.exit(exit_status(exc))


def _with_files(arguments: Sequence[str]) -> CommandLine:
    """Return the parsed line with the files that its lists and playlists name."""
    return with_segments(with_listed_files(parse(arguments)))


def _refusal_of(arguments: Sequence[str]) -> ClientError | None:
    """Return why the server cannot run the line, or None; nothing is uploaded, stdin not read."""
    try:
        line = _with_files(arguments)
        translation = None if line.information_option else _translated(line)
        with connected() as client:
            if isinstance(translation, Translation):
                client.dry_run(translation.job)
            else:
                client.check_health()
    except (Unreachable, Refused, CannotTranslate) as exc:
        return exc
    return None


def _translated(line: CommandLine) -> Translation | FirstPass:
    return describe_inputs(line) if has_no_output(line) else translate(line)


def _show_inputs(line: CommandLine, console: ConsoleOptions) -> None:
    """Print what the inputs hold, as ffmpeg does for a line without an output."""
    translation = describe_inputs(line)
    with input_files(translation, max_bytes=_upload_limit(translation)) as paths:
        conversion = Conversion(
            paths[0],
            translation.job,
            None,
            further=paths[1:],
            sources=sources_of(translation),
        )
        found = describe(
            conversion, lambda each: _convert(each, console), lambda text: _remark([text], console)
        )
    if console.shows_remarks:
        with connected() as client:
            for each in printed_lines(client, found.result.job["job_id"], translation.inputs):
                click.echo(each, err=True)
    if console.shows_log:
        click.echo(ENDING, err=True)


def _print_dry_run(line: CommandLine) -> None:
    translation = _translated(line)
    if isinstance(translation, Translation):
        with connected() as client:
            click.echo(client.dry_run(translation.job)["command"])


def _run(line: CommandLine, console: ConsoleOptions) -> None:
    translation = translate(line)
    if isinstance(translation, FirstPass):
        _remark(["nothing to do: the second pass makes the server run both"], console)
        return
    _remark(translation.remarks, console)
    with (
        input_files(translation, max_bytes=_upload_limit(translation)) as paths,
        output_files(translation, overwrite=console.overwrite) as targets,
    ):
        conversion = _conversion(translation, paths, targets)
        try:
            result = _convert(conversion, console)
        except JobFailed as exc:
            if not is_no_picture(exc, translation):
                raise
            click.echo(NO_PICTURE, err=True)
            return
    relink_lists(translation)
    if translation.prints_metadata or not all(translation.has_file):
        with connected() as client:
            print_log(client, result.job["job_id"], translation, console.level)
    _remark([as_ffmpeg(each) for each in result.job.get("warnings") or ()], console)


def _conversion(
    translation: Translation, paths: Sequence[Path], targets: Sequence[Path | None]
) -> Conversion:
    """Return the job with its local files; `targets` has None for an output that is no file."""
    names = [each["output_filename"] for each in translation.job.get("outputs", ())]
    first = next(iter(target for target in targets if target), None)
    return Conversion(
        paths[0] if paths else None,
        translation.job,
        first,
        folder=first.parent if first and (names or translation.patterns) else None,
        targets={
            name: path
            for number, (name, path) in enumerate(zip(names, targets, strict=False))
            if path and number not in translation.patterns
        },
        target_of=path_maker(translation),
        overwrite=True,
        further=paths[1:],
        history=history(),
        sources=sources_of(translation),
    )


def _upload_limit(translation: Translation) -> int:
    """Return how many bytes of stdin the server takes; without stdin it is not asked."""
    if not reads_stdin(translation):
        return 0
    with connected() as client:
        return int(client.capabilities()["limits"]["max_upload_bytes"])


def _remark(sentences: Sequence[str], console: ConsoleOptions) -> None:
    for sentence in sentences if console.shows_remarks else ():
        remark(f"ffremote: {sentence}", quiet=current_settings().quiet)


def _convert(conversion: Conversion, console: ConsoleOptions) -> ConversionResult:
    quiet = current_settings().quiet or not console.shows_progress
    target = console.progress_target
    report = open_progress(target, conversion.sources) if target else nullcontext()
    with (
        CtrlC() as ctrl_c,
        connected(ctrl_c.stop) as client,
        ProgressDisplay(quiet=quiet) as display,
        report as stream,
    ):
        view: ProgressView = display.view(conversion.shown.name)
        if stream is not None:
            view = ProgressReport(view, stream)
        [result] = run_parallel(
            [conversion], lambda each: run(client, each, view), at_once=1, stop=client.stop
        )
    if isinstance(result, ClientError):
        raise result
    return result
