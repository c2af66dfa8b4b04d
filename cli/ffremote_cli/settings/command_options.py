"""Arguments and options that several commands share."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from ..errors import Misused
from ..workflow.batch import Batch
from ..workflow.inputs import expand_inputs, sequence_at
from ..workflow.job_inputs import job_with_inputs, job_without_inputs
from .completion import files, job_ids
from .job_options import job_of
from .shown_default import ShownDefault
from .side_files import side_file_option, with_side_files

F = TypeVar("F", bound=Callable[..., Any])

_PATH = click.Path(path_type=Path)

job_ids_argument = click.argument(
    "job_ids", metavar="ID...", nargs=-1, required=True, shell_complete=job_ids
)
job_id_argument = click.argument("job_id", metavar="ID", shell_complete=job_ids)
workers_argument = click.argument("workers", metavar="WORKER...", nargs=-1, required=True)
overwrite_option = click.option(
    "-y", "--overwrite", is_flag=True, help="Overwrite existing output files."
)
delete_remote_option = click.option(
    "--delete-remote",
    is_flag=True,
    help="Delete the result from the server once it is downloaded, and the inputs that no other job"
    " needs.",
)
dry_run_option = click.option(
    "--dry-run",
    is_flag=True,
    help="Print the ffmpeg command that the server would run, and exit.",
)
at_once_option = click.option(
    "--jobs",
    "at_once",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    metavar="N",
    help="Number of inputs to process at the same time.",
)


def output_option(help: str, *, default: str | None = None) -> Callable[[F], F]:
    """Return the decorator that adds `-o`; `default` is a text for the help."""
    return click.option(
        "-o",
        "--output",
        metavar="PATH",
        cls=ShownDefault,
        shown_default=default,
        help=help,
        shell_complete=files,
    )


def input_arguments(command: F) -> F:
    """Add the inputs to a command, as arguments and as `-i`."""
    option = click.option(
        "-i",
        "--input",
        "inputs",
        multiple=True,
        type=_PATH,
        metavar="PATH",
        help="Media file, directory of media files, or quoted pattern. Can be repeated.",
    )
    argument = click.argument("paths", nargs=-1, type=_PATH, metavar="[INPUT]...")
    return argument(option(command))


with_option = click.option(
    "--with",
    "further",
    multiple=True,
    type=_PATH,
    metavar="FILE",
    help="Further input of the job, after INPUT. Can be repeated, in the order of `inputs` in the"
    " job JSON. Unless a job JSON has `inputs`, .srt, .ass and .vtt get the role subtitle; .ttf,"
    " .otf and .ttc font; .cube, .3dl, .dat, .m3d and .csp lut: the last two come last.",
)


def sequence_options(command: F) -> F:
    """Add the options that read a pattern as one input."""
    is_sequence = click.option(
        "--sequence",
        is_flag=True,
        help="Read each quoted pattern, such as 'img*.png', as one sequence of pictures, not as a"
        " job for each. Not needed for numbers: img%03d.png.",
    )
    number = click.option(
        "--sequence-start",
        type=click.IntRange(min=0),
        metavar="N",
        help="Number of the first picture of img%03d.png, or up to 4 less. Default: the lowest.",
    )
    return is_sequence(number(command))


def batch_of(values: Mapping[str, Any], *, output: str | None, job_file: str | None) -> Batch:
    """Return the batch of the typed options; raise Misused without any input.

    With several inputs, each job gets all files of `--with`, and those of other options. A job with
    a graph needs no input.
    """
    inputs = _inputs_of(values)
    job, further = job_of(values, job_file), values["further"]
    if inputs:
        job = job_with_inputs(job, further)
        job, further = with_side_files(job, values, further)
        return Batch(inputs, job, output, further)
    if named := "--with" if further else side_file_option(values):
        raise Misused(f"{named} needs an input before it", hint="add the first one with -i")
    if "graph" not in job:
        raise Misused("no input is given", hint="add one with -i, or sources with --graph")
    return Batch([], job_without_inputs(job), output)


def _inputs_of(values: Mapping[str, Any]) -> list[Path]:
    words = (*values["inputs"], *values["paths"])
    if values["sequence"] or values["sequence_start"] is not None:
        return [sequence_at(word, values["sequence_start"]) for word in words]
    return expand_inputs(words)
