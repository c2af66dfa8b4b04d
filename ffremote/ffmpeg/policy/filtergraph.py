"""Parse untrusted filter graphs as FFmpeg does, check them against the table, write them again.

The client's text never reaches the command line: FFmpeg gets the canonical form of the parsed
graph, with named parameters and fresh quoting.
"""

import re
from typing import Any

from .drawn_text import as_text
from .graph import Filter, Graph, connect_ends
from .numbers import read_parameter
from .shorthand import as_sides
from .tables import table
from .tokens import read_token, skip_space

__all__ = ["Filter", "Graph", "read_graph"]

MAX_FILTERS = 24
MAX_TEXT = 2048
MAX_GRAPH_TEXT = 16384
IN_GRAPH = "graph"
"""Kind of a filter in a graph over several inputs, where other filters and labels are allowed."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,31}", re.ASCII)
_ANY_LABEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_:?.\-]{0,79}", re.ASCII)
_KEY = re.compile(r"([A-Za-z0-9_\-]{1,32})=", re.ASCII)
_FILES = {"file": "lut", "fontfile": "font"}
"""FFmpeg's parameters that name files, where a job has the number of an input with this role."""


def read_graph(text: str, kind: str = "") -> Graph:
    """Parse `text`; with `kind` (`v` or `a`) only filters of that kind are allowed.

    Raise ValueError with the refused filter or parameter and the reason.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"a filter graph has at most {MAX_TEXT} characters")
    graph = connect_ends(Graph(_chains(text, kind)), kind)
    _check_shape(graph)
    return graph


def read_chains(text: str) -> tuple[tuple[Filter, ...], ...]:
    """Parse a text of a graph over several inputs; its labels may name streams, such as `0:v`.

    Raise ValueError as `read_graph`; whether the labels fit together is not checked.
    """
    if len(text) > MAX_GRAPH_TEXT:
        raise ValueError(f"a graph has at most {MAX_GRAPH_TEXT} characters")
    return _chains(text.rstrip(" ;\n\t"), IN_GRAPH)


def _chains(text: str, kind: str) -> tuple[tuple[Filter, ...], ...]:
    chains: list[tuple[Filter, ...]] = []
    chain: list[Filter] = []
    at = 0
    while True:
        found, at = _filter(text, at, kind)
        chain.append(found)
        separator = text[at : at + 1]
        if separator != ",":
            chains.append(tuple(chain))
            chain = []
        if not separator:
            break
        at += 1
    return tuple(chains)


def _check_shape(graph: Graph) -> None:
    if len(graph.filters) > MAX_FILTERS:
        raise ValueError(f"{len(graph.filters)} filters; the maximum is {MAX_FILTERS}")
    made = [label for each in graph.filters for label in each.outputs]
    used = [label for each in graph.filters for label in each.inputs]
    if len(set(made)) != len(made) or len(set(used)) != len(used):
        raise ValueError("a label is used twice")
    if set(made) != set(used):
        odd = sorted(set(made) ^ set(used))
        raise ValueError(f"the label [{odd[0]}] is not connected; each is one output and one input")


def _filter(text: str, at: int, kind: str) -> tuple[Filter, int]:
    pattern = _ANY_LABEL if kind == IN_GRAPH else _LABEL
    inputs, at = _labels(text, at, pattern)
    body, at = read_token(text, at, "[],;")
    name, _, arguments = body.partition("=")
    outputs, at = _labels(text, at, pattern)
    if at < len(text) and text[at] not in ",;":
        raise ValueError(f"unexpected {text[at]!r} after the filter {name[:40]!r}")
    params = _read_arguments(name, arguments, kind)
    return Filter(name, params, inputs, outputs), at


def _labels(text: str, at: int, pattern: re.Pattern[str]) -> tuple[tuple[str, ...], int]:
    labels = []
    at = skip_space(text, at)
    while text[at : at + 1] == "[":
        end = text.find("]", at)
        label = text[at + 1 : end]
        if end < 0 or not pattern.fullmatch(label):
            raise ValueError(f"{label[:40]!r} is not a label of letters, digits and '_'")
        labels.append(label)
        at = skip_space(text, end + 1)
    return tuple(labels), at


def _read_arguments(name: str, text: str, kind: str) -> tuple[tuple[str, str], ...]:
    rules = _rules(name, kind)
    if rules.get("raw"):
        key = rules["pos"][0]
        return ((key, _value(name, key, rules["params"][key], text)),)
    given = as_text(name, as_sides(name, _split_arguments(name, text, rules)))
    found = {
        key: _value(name, key, _rule(name, key, rules["params"]), value)
        for key, value in given.items()
    }
    _check_bounded(name, rules, found)
    return tuple(found.items())


def _split_arguments(name: str, text: str, rules: dict[str, Any]) -> dict[str, str]:
    """Return the parameters by name, not yet checked."""
    found: dict[str, str] = {}
    places = iter(rules["pos"])
    at = 0
    while at < len(text):
        match = _KEY.match(text, at)
        if match:
            key, at = match[1], match.end()
        else:
            key = "" if found and _named_before(text, at) else next(places, "")
        value, at = read_token(text, at, ":")
        at += 1
        if not key:
            raise ValueError(f"the filter {name!r} takes no more values: {value[:40]!r}")
        if key in found:
            raise ValueError(f"the filter {name!r} has the parameter {key!r} twice")
        found[key] = value
    return found


def _check_bounded(name: str, rules: dict[str, Any], found: dict[str, str]) -> None:
    """Refuse a filter that never ends unless one of certain parameters is given."""
    for key in rules.get("needs", ()):
        if key not in found:
            raise ValueError(f"the filter {name!r} needs {key}, as in {name}=print:key=lavfi.…")
    for bounds in rules.get("require", ()):
        if found.keys().isdisjoint(bounds):
            raise ValueError(
                f"the filter {name!r} needs one of {', '.join(bounds)}, or it never ends"
            )


def _named_before(text: str, at: int) -> bool:
    """Whether a named parameter precedes `at`: FFmpeg takes no positional value after one."""
    return "=" in text[:at]


def _rules(name: str, kind: str) -> dict[str, Any]:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name[:40]!r} is not a filter name")
    rules = table("filters").get(name)
    if kind == IN_GRAPH:
        rules, kind = table("graph_filters").get(name, rules), ""
    elif rules is None and name in table("graph_filters"):
        raise ValueError(f"the filter {name!r} is allowed in `graph` only")
    if rules is None:
        raise ValueError(
            f"the filter {name!r} is not allowed; GET /api/v1/capabilities lists those that are"
        )
    if kind and rules["kind"] != kind:
        wanted = {"v": "a video", "a": "an audio"}[kind]
        raise ValueError(f"{name!r} is not {wanted} filter")
    found: dict[str, Any] = rules
    return found


def _rule(name: str, key: str, params: dict[str, Any]) -> list[Any]:
    if key == "enable":
        return ["expr"]
    if key in _FILES and "input" in params:
        raise ValueError(
            f"{name}: {key} would name a file of the server; send the file as an input with the"
            f" role {_FILES[key]}, and write {name}=input=N with its number"
        )
    if key not in params:
        known = ", ".join(sorted(params)) or "none"
        raise ValueError(f"the parameter {key!r} of the filter {name!r} is not allowed ({known})")
    rule: list[Any] = params[key]
    return rule


def _value(name: str, key: str, rule: list[Any], text: str) -> str:
    try:
        return read_parameter(rule, text)
    except ValueError as exc:
        raise ValueError(f"{name}: {key} cannot be {text[:60]!r}: {exc}") from exc
