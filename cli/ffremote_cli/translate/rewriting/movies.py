"""`movie=` in filters: a file that a filter reads, as a further input of the line."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ..command_line.parser import CommandLine, InputFile, Option
from ..errors import CannotTranslate
from ..filters.graph_text import Chain, Filter, parse_chains, split_outside_quotes

_KINDS = {"movie": "v", "amovie": "a"}
_FILTERS = frozenset({"vf", "filter:v", "filter_complex", "lavfi"})
_MOVIE = re.compile(r"\ba?movie=")
_QUOTED = re.compile(r"'([^']*)'|\\(.)", re.DOTALL)


def with_movies(line: CommandLine) -> CommandLine:
    """Return the line with the files of `movie` as inputs, which its graph reads.

    Raise CannotTranslate for parameters of the filter, and beside -map of a -vf with it.
    """
    options = (*line.globals, *line.output_options)
    found = next((o for o in options if o.key in _FILTERS and _MOVIE.search(o.value or "")), None)
    if found is None:
        return line
    is_simple = found.key in ("vf", "filter:v")
    if is_simple and any(option.key == "map" for option in options):
        raise CannotTranslate(
            f"-vf {found.value}", "beside -map, name the file of movie with -i and -filter_complex"
        )
    chains = parse_chains(found.value or "")
    movies = [chain[0] for chain in chains if chain[0].name in _KINDS]
    first = len(line.inputs)
    numbers = {movie: f"{first + n}:{_KINDS[movie.name]}" for n, movie in enumerate(movies)}
    graph = Option("filter_complex", "", _written(chains, numbers, is_simple=is_simple))
    return replace(
        line,
        inputs=(*line.inputs, *(InputFile(_file_of(movie)) for movie in movies)),
        globals=tuple(each for each in line.globals if each is not found),
        output_options=(*(each for each in line.output_options if each is not found), graph),
    )


def _written(chains: Sequence[Chain], numbers: dict[Filter, str], *, is_simple: bool) -> str:
    """Return the graph in which the inputs `numbers` stand for the filters."""
    labels = {"in": "0:v"} if is_simple else {}
    kept: list[Chain] = []
    for chain in chains:
        stream = numbers.get(chain[0])
        if stream is None:
            kept.append(chain)
        elif len(chain) == 1:
            labels |= dict.fromkeys(chain[0].outputs, stream)
        else:
            kept.append((replace(chain[1], inputs=(stream,)), *chain[2:]))
    return ";".join(",".join(str(_renamed(each, labels, is_simple)) for each in c) for c in kept)


def _renamed(each: Filter, labels: dict[str, str], is_simple: bool) -> Filter:
    outputs = each.outputs if not is_simple else tuple(o for o in each.outputs if o != "out")
    return replace(each, inputs=tuple(labels.get(i, i) for i in each.inputs), outputs=outputs)


def _file_of(movie: Filter) -> str:
    name, *others = split_outside_quotes(movie.text.partition("=")[2], ":")
    if others or not name:
        raise CannotTranslate(movie.text, "movie is supported with a file name alone")
    name = name.removeprefix("filename=")
    return _QUOTED.sub(lambda match: match[2] if match[1] is None else match[1], name)
