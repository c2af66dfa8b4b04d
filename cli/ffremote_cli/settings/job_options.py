"""The job that the typed options make, and commands that take these options."""

import shlex
from collections.abc import Mapping
from typing import Any

import click

from ..errors import Misused
from ..workflow.ffmpeg_spellings import explain_ffmpeg_word
from .completion import files
from .job_file import read_job
from .job_option import ARGS, LIST, OFF, JobOption, SideFile, pair
from .job_option_table import ALL, SECTIONS
from .package_options import yes_or_no
from .shared_options import SharedCommand


class JobCommand(SharedCommand):
    """A command that creates jobs: takes `--job` and an option for every key of the job JSON."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += [
            click.Option(
                ["--job", "job_file"],
                metavar="FILE",
                shell_complete=files,
                help="Read the job JSON from FILE (- is stdin). Other options override its keys.",
            ),
            *(each.click_option() for each in ALL),
        ]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options; for one of ffmpeg's, the error names the option of this command."""
        if not ctx.resilient_parsing:
            explain_ffmpeg_word(ctx, args)
        return super().parse_args(ctx, args)

    def section_of(self, option: click.Option) -> str:
        """Return the title of the option's section in `--help`."""
        return section_of(option.name or "") or super().section_of(option)


def option_of(path: str) -> str | None:
    """Return the option for a key of the job, such as `--crf` for `video.crf`, or None."""
    if path == "output_filename":
        return "-o"
    return next((each.names[0] for each in ALL if each.path == path and each.kind is not OFF), None)


def section_of(parameter: str) -> str | None:
    """Return the section of `--help` for an option of a job key, or None for any other option."""
    for title, options in SECTIONS.items():
        if any(each.parameter == parameter for each in options):
            return title
    return None


def job_of(values: Mapping[str, Any], job_file: str | None = None) -> dict[str, Any]:
    """Return the job JSON of `job_file` with the values of the typed options put over it.

    Options that name further files are left to `with_side_files`.
    """
    return job_over(read_job(job_file) if job_file is not None else {}, values)


def job_over(base: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job with the values of the typed options put over it."""
    job = dict(base)
    typed: dict[str, Any] = {} if _has_inputs(job) else job
    for option in ALL:
        value = values.get(option.parameter)
        if _is_given(option, value) and not isinstance(option.kind, SideFile):
            _put(
                typed if option.path.startswith("input.") else job,
                option,
                _json_value(option, value),
            )
    if _has_inputs(job):
        _put_into_first_input(job, typed.get("input") or {})
    _refuse_off_and_on(values)
    return job


def _has_inputs(job: Mapping[str, Any]) -> bool:
    """Whether the job file has its inputs as a list, so that the first is meant by the options."""
    inputs = job.get("inputs")
    return isinstance(inputs, list) and bool(inputs) and isinstance(inputs[0], dict)


def _put_into_first_input(job: dict[str, Any], values: Mapping[str, Any]) -> None:
    first, *rest = job["inputs"]
    job["inputs"] = [{**first, **values}, *rest]


def _is_given(option: JobOption, value: Any) -> bool:
    if value is False:  # a flag that was not set
        return option.kind is yes_or_no
    return value is not None and value != ()  # 0 is a value


def _json_value(option: JobOption, value: Any) -> Any:
    if option.kind is OFF:
        return False
    if option.kind is ARGS:
        return [word for text in value for word in shlex.split(text)]
    if option.kind is pair:
        return dict(value)
    return list(value) if option.kind is LIST else value


def _put(job: dict[str, Any], option: JobOption, value: Any) -> None:
    *parents, last = option.path.split(".")
    table = job
    for parent in parents:
        inner = table.get(parent)
        table[parent] = table = dict(inner) if isinstance(inner, dict) else {}
    if isinstance(value, dict):
        value = {**table.get(last, {}), **value}
    table[last] = value


def _refuse_off_and_on(values: Mapping[str, Any]) -> None:
    given = [option for option in ALL if _is_given(option, values.get(option.parameter))]
    for off in (option for option in given if option.kind is OFF):
        for option in given:
            if option.path.startswith(f"{off.path}."):
                raise Misused(f"{off.names[0]} and {option.names[0]} exclude each other")
