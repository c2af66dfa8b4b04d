"""The inputs of one command, with the job and the output that they share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..client.transfer.job_inputs import with_sequences
from .folders import folder_of, job_of_files, makes_files
from .outputs import (
    filled_template,
    is_template,
    job_for,
    names_files,
    target_without_input,
    targets_of,
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs that become one job each, made from the same options; without any, one job."""

    inputs: Sequence[Path]
    job: Mapping[str, Any]
    """The job JSON without the name of the result."""
    output: str | None
    """The value of `-o`: a file, a directory or a template."""
    further: Sequence[Path] = ()
    """The inputs after the first one of each job, the same for all of them."""

    @property
    def firsts(self) -> Sequence[Path | None]:
        """The first input of each job; of a job without inputs it is None."""
        return self.inputs or [None]

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that is an input."""
        return (*self.inputs, *self.further)

    def targets(self, container_of_preset: Callable[[str], str | None]) -> list[Path]:
        """Return the path of the result, or the directory of all, for each of `firsts`."""
        if makes_files(self.job):
            filled = [filled_template(self.output, each, self.job) for each in self.firsts]
            is_only = len(self.firsts) == 1 or is_template(self.output)
            pairs = zip(self.firsts, filled, strict=True)
            return [folder_of(path, output, is_only=is_only) for path, output in pairs]
        if not self.inputs:
            return [target_without_input(self.output, self.job)]
        return targets_of(self.inputs, self.output, self.job, container_of_preset)

    def first_job(self, target: Path) -> dict[str, Any]:
        """Return the job of the first input, with the roles that follow from its paths."""
        paths = (*self.inputs[:1], *self.further)
        return dict(with_sequences(self.job_for(target), paths))

    def job_for(self, target: Path) -> dict[str, Any]:
        """Return the job JSON of the result at `target`."""
        if makes_files(self.job):
            return job_of_files(self.job, target)
        return job_for(target, self.job, is_typed=names_files(self.output))
