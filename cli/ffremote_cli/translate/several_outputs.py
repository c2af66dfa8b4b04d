"""The job of a command line with several outputs, which FFmpeg encodes together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from .builder import JobBuilder
from .command_line.parser import CommandLine
from .errors import CannotTranslate
from .filters.job_graph import GraphWriter, JobGraph, check_labels
from .sections.inputs import Inputs, read_inputs
from .sections.job_streams import JobStreams
from .sections.pattern import Pattern
from .sections.streams import checked_maps

MOST = 8
_OF_THE_JOB = ("input", "inputs")
_HINT = "run one command for each output"


class SeveralOutputs:
    """Builds one job for all outputs of a line, which is given as it is for each of them."""

    def __init__(self, lines: Sequence[CommandLine]) -> None:
        if len(lines) > MOST:
            raise CannotTranslate(
                lines[MOST].output or "", f"a job has at most {MOST} outputs", hint=_HINT
            )
        if any(line.inputs != lines[0].inputs for line in lines):
            raise CannotTranslate("movie", "beside several outputs, name its file with -i")
        self._builders = [JobBuilder(line, read_inputs(line)) for line in lines]

    @property
    def inputs(self) -> Inputs:
        """The inputs of the job, after `build`."""
        return self._builders[0].inputs

    @property
    def remarks(self) -> list[str]:
        """The remarks on all outputs, each once, after `build`."""
        return list(dict.fromkeys(each for b in self._builders for each in b.remarks))

    @property
    def patterns(self) -> dict[int, Pattern]:
        """Where the files of packages go, by the numbers of the outputs, after `build`."""
        return {
            number: replace(each.pattern, prefix=f"{number}-" if number else "")
            for number, each in enumerate(self._builders)
            if each.pattern is not None
        }

    def build(self) -> dict[str, Any]:
        """Return the job; raise CannotTranslate for what only one output may have."""
        for builder in self._builders:
            builder.read()
        self._refuse_further_inputs()
        graph, streams = self._streams()
        jobs = [
            builder.write(JobStreams(tuple(each), is_whole=True))
            for builder, each in zip(self._builders, streams, strict=True)
        ]
        job = {key: jobs[0][key] for key in _OF_THE_JOB if key in jobs[0]}
        if graph:
            job["graph"] = graph
        return {**job, "outputs": _outputs(jobs)}

    def _refuse_further_inputs(self) -> None:
        """Raise CannotTranslate for inputs that belong to the filters of one output."""
        inputs = self.inputs
        if inputs.is_joined:
            raise CannotTranslate("-f concat", "it has one output", hint=_HINT)
        if inputs.generated:
            raise CannotTranslate("-f lavfi", "beside several outputs it is not supported")
        for builder in self._builders:
            if builder.inputs.side_file or builder.inputs.filter_files != inputs.filter_files:
                raise CannotTranslate(
                    "-vf", "filters that read files are for a line with one output", hint=_HINT
                )
            for kind, option in (("v", "-vf"), ("a", "-af")):
                if builder.filters.needs_graph(kind):
                    raise CannotTranslate(
                        option,
                        "these filters join or split streams",
                        hint="write them with -filter_complex, and name their streams",
                    )

    def _streams(self) -> tuple[str, list[list[str]]]:
        """Return the graph, and the streams of each output."""
        first, count = self._builders[0], self.inputs.count
        maps = [checked_maps(builder.maps, count) for builder in self._builders]
        flat = [text for each in maps for text in each]
        check_labels(first.filters.graphs, flat)
        written = GraphWriter(self.inputs.numbers, {}).write(first.filters.graphs, flat)
        for builder in self._builders:
            builder.filters.graphs.clear()
        return written.text, _divided(written, maps)


def _divided(written: JobGraph, maps: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the streams of each output; open ends of the graph belong to the first one."""
    streams = list(written.streams)
    ends = len(streams) - sum(map(len, maps))
    if ends and not maps[0]:
        raise CannotTranslate(
            "-filter_complex", "give its outputs labels, such as [v], and name them with -map"
        )
    divided = [streams[: ends + len(maps[0])]]
    rest = streams[ends + len(maps[0]) :]
    for each in maps[1:]:
        divided.append(rest[: len(each)])
        rest = rest[len(each) :]
    return divided


def _outputs(jobs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the sections of the outputs; two of one name in different directories get numbers."""
    outputs: list[dict[str, Any]] = []
    seen: set[str] = set()
    for number, job in enumerate(jobs):
        name = job["output_filename"]
        if name.casefold() in seen:
            path = PurePath(name)
            name = f"{path.stem[:200]}-{number}{path.suffix}"
        seen.add(name.casefold())
        own = {key: value for key, value in job.items() if key not in _OF_THE_JOB}
        outputs.append({**own, "output_filename": name})
    return outputs
