"""Hostile filter graphs over several inputs are refused, and accepted ones have known filters."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg.policy.tables import table
from tests.security.canary import Canary
from tests.security.graph_payloads import GRAPHS
from tests.security.source_payloads import SOURCES
from tests.security.test_properties import QUICK, able, foreign

pytestmark = pytest.mark.security

PIECES = [
    *GRAPHS,
    *SOURCES,
    *("[0:v]", "[1:v]", "[0:a]", "[1:a]", "[v]", "[a]", "[b]", ",", ";", "=", ":", "'", "\\"),
    *("hflip", "overlay=W-w:H-h", "split", "concat=n=2:v=1:a=0", "amix", "color=red:d=1"),
    *("volume=2", "showwaves=s=64x64", "scale=64:64", "xfade=offset=1", "null", "anull"),
]
WHOLE = ["[0:v][1:v]overlay[v]", "[0:a][1:a]amix[a]", "[0:v]split[v][b]", "sine=d=1[b]"]
NAMES = table("filters").keys() | table("graph_filters").keys()


def planned(job: dict[str, object]) -> ffmpeg.DryRun:
    fields = {"output_filename": "a.mkv", "inputs": [{}, {}], **job}
    return ffmpeg.dry_run(spec.parse_job(json.dumps(fields).encode()), able(), ffmpeg.Limits())


def test_hostile_graphs_are_refused_by_their_field(canary: Canary) -> None:
    wrong = {}
    for text in GRAPHS:
        filled = text.replace("{secret}", str(canary.secret)).replace("{port}", str(canary.port))
        try:
            planned({"graph": ["[0:v]hflip[fine]", filled]})
            wrong[text] = "accepted"
        except InvalidArgument as exc:
            if exc.field not in ("graph", "graph[1]"):
                wrong[text] = exc.field

    assert wrong == {}
    assert canary.events() == []


def test_hostile_sources_of_a_job_without_inputs_are_refused(canary: Canary) -> None:
    wrong = {}
    for text in SOURCES:
        filled = text.replace("{secret}", str(canary.secret)).replace("{port}", str(canary.port))
        try:
            planned({"inputs": [], "graph": filled})
            wrong[text] = "accepted"
        except InvalidArgument as exc:
            if exc.field != "graph":
                wrong[text] = f"{exc.field}: {exc.message}"

    assert wrong == {}
    assert canary.events() == []


@pytest.mark.parametrize(
    "label", ["[", "[]", "[v", "v]", "[v]]", "[0:v]", "[v?]", "-[v]", "[/x]", "[v]\n", "[é]"]
)
def test_a_label_in_streams_is_letters_in_brackets(label: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        planned({"graph": "[0:v]hflip[v]", "streams": [label]})

    assert caught.value.field in ("streams[0]", "streams")


@QUICK
@given(
    st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
    | st.lists(st.sampled_from(WHOLE + PIECES), max_size=3),
    st.lists(st.sampled_from(["[v]", "[a]", "[b]", "0:v", "1:a?", "-0:a"]), max_size=3),
    st.sampled_from([0, 2]),
)
def test_any_graph_is_refused_with_a_field_or_has_known_filters_only(
    graph: str | list[str], streams: list[str], inputs: int
) -> None:
    job = {"inputs": [{}] * inputs, "graph": graph, **({"streams": streams} if streams else {})}
    try:
        dry = planned(job)
    except InvalidArgument as exc:
        assert exc.field and exc.message.endswith(".")
        return

    plain = spec.build_job({"output_filename": "a.mkv"})
    (argv,) = dry.argv
    text = argv[argv.index("-filter_complex") + 1]
    assert [word for word in foreign(argv[1:], plain) if not word.startswith("file:inputs/")] == []
    assert set(re.findall(r"(?:^|[\];,])([a-z][a-z0-9_]*)(?==|[\[,;]|$)", text)) <= NAMES | {"0"}


CONCATS: list[object] = [
    *("{secret}", "file:{secret}", "concat:{secret}|{secret}", "http://127.0.0.1:{port}/x"),
    *("list.txt", "encode,movie={secret}", "encode;movie={secret}[v]", "encode\n", "ENCODE", ""),
    *("safe=0", "auto|encode", True, 1, ["encode"], {"list": "{secret}"}, {"encode": 1}),
]
JOINED: list[dict[str, object]] = [
    *({"concat": each} for each in CONCATS),
    *(
        {"concat": "encode", "streams": [text]}
        for text in ("[v]", "[a]", "[v0]", "1:v", "0:5", "0:v:1", "0:m:language:eng", "0:s", "0:t")
    ),
    {"concat": "encode", "graph": "movie={secret}[v]"},
    {"concat": "encode", "graph": "[0:v]hflip[v0]"},
    {"concat": "encode", "inputs": [{}] * 17},
    {"concat": "encode", "inputs": []},
    {"concat": "encode", "inputs": [{"format": "concat"}, {}]},
    {"concat": "encode", "video": {"filters": ["movie={secret}"]}},
    {"concat": "encode", "extra_args": ["-f", "concat"]},
    {"concat": "encode", "extra_args": ["-safe", "0"]},
    {"concat": "encode", "extra_args": ["-i", "{secret}"]},
]


@pytest.mark.parametrize("job", JOINED, ids=json.dumps)
def test_hostile_joined_jobs_are_refused_with_a_field(
    job: dict[str, object], canary: Canary
) -> None:
    text = json.dumps(job).replace("{secret}", str(canary.secret))

    with pytest.raises(InvalidArgument) as caught:
        planned(json.loads(text.replace("{port}", str(canary.port))))

    assert caught.value.field
    assert canary.events() == []
