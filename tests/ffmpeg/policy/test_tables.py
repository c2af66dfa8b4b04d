"""The allow-lists have only rules of the grammar, and bound the cost of each value."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg.policy import options, value_rules
from ffremote.ffmpeg.policy.filtergraph import read_graph
from ffremote.ffmpeg.policy.tables import table

MILLION = 1_000_000
# timestamps and seeds cost nothing, however large
PLACES = re.compile(
    r"(?:start_|end_|first_|whole_|pad_)?(?:pts|sample|frame|len)|start|(?:c?\w*_)?seed"
)
# what `aloop` holds is bounded by the input and by planning/held_frames.py
HELD = frozenset({"aloop.size"})
COUNTS = re.compile(r"nb_(?:samples|frames)|n|s|ns|ss")


def rules() -> Iterator[tuple[str, list[Any]]]:
    """Yield every rule of every table, inner ones included, with the name of its value."""
    for name, each in (*table("filters").items(), *table("graph_filters").items()):
        for key, rule in each["params"].items():
            yield from parts(f"{name}.{key}", rule)
    for name, each in table("options").items():
        yield from parts(f"-{name}", each["rule"])
    for name, each in table("params").items():
        for key, rule in each["values"].items():
            yield from parts(f"{name}-params.{key}", rule)


def parts(name: str, rule: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    yield name, rule
    if rule[0] == "alt":
        for inner in rule[1:]:
            yield from parts(name, inner)
    if rule[0] == "list":
        yield from parts(name, [rule[2]])


def test_each_kind_of_rule_that_a_table_names_exists() -> None:
    special = {"none", *options._SPECIAL}

    unknown = {
        name: rule[0]
        for name, rule in rules()
        if not value_rules.is_kind(rule[0]) and not (name.startswith("-") and rule[0] in special)
    }

    assert unknown == {}


def test_each_number_has_two_bounds() -> None:
    endless = {
        name: rule
        for name, rule in rules()
        if rule[0] in ("int", "float")
        and name.partition(".")[0].lstrip("-") in table("filters") | table("graph_filters")
        and max(abs(rule[1]), abs(rule[2])) > MILLION
        and name not in HELD
        and not (
            PLACES.fullmatch(name.partition(".")[2]) or COUNTS.fullmatch(name.partition(".")[2])
        )
    }

    assert endless == {}


@pytest.mark.parametrize(
    "text",
    [
        "boxblur=lr=2:lp=1000000000",
        "boxblur=2:21",
        "boxblur=luma_power=21",
        "boxblur=2:1:2:21",
        "boxblur=cp=21",
        "boxblur=ap=21",
        "boxblur=alpha_power=99",
        "boxblur=chroma_power=2*20",
        "normalize=smoothing=200000000",
        "silenceremove=window=3600",
        "silenceremove=stop_duration=20000",
        "apad=pad_len=1:packet_size=1000000000",
        "minterpolate=search_param=100000",
        "yaepblur=radius=100000",
        "greyedge=sigma=1024",
        "bm3d=group=64",
        "owdenoise=cs=0",
        "aresample=first_pts=-1000000000",
        "fps=fps=25:start_time=-1000000000",
        "chorus=delays=99999999999",
        "adelay=999999s",
        "aformat=sample_rates=999999999",
        "aformat=r=3999",
    ],
)
def test_a_value_of_unbounded_cost_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        read_graph(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("boxblur=5:1", "boxblur=luma_radius=5:luma_power=1"),
        ("boxblur=lr=10:lp=20", "boxblur=lr=10:lp=20"),
        ("aformat=sample_rates=44100|48000", "aformat=sample_rates=44100|48000"),
        ("aformat=r=48000", "aformat=r=48000"),
        ("adelay=1500|0|999S", "adelay=delays=1500|0|999S"),
        ("chorus=delays=50|60:decays=0.4|0.32:speeds=0.25|0.4:depths=2|1.3", None),
        ("silenceremove=stop_periods=-1:stop_duration=1:stop_threshold=-50dB", None),
        ("normalize=smoothing=50", "normalize=smoothing=50"),
    ],
)
def test_ordinary_values_are_accepted(text: str, written: str | None) -> None:
    graph = read_graph(text)

    assert str(graph) == (written or str(graph))


@pytest.mark.parametrize("text", ["9" * 5000, "-" + "9" * 5000, "1e99999999", "0x" + "f" * 5000])
def test_a_number_of_thousands_of_digits_is_refused_by_each_rule(text: str) -> None:
    for name, rule in rules():
        if value_rules.is_kind(rule[0]):
            try:
                value_rules.read_value(rule, text)
            except ValueError as exc:
                assert str(exc), name


@pytest.mark.parametrize("rate", ["sample_rates=44100|48000", "r=22050", "sample_rates=999999999"])
def test_a_sample_rate_in_an_audio_filter_is_checked_at_submission(
    capabilities: ffmpeg.Capabilities, rate: str
) -> None:
    job = spec.build_job({"output_filename": "a.mp3", "audio": {"filters": [f"aformat={rate}"]}})

    if "999999999" in rate:
        with pytest.raises(InvalidArgument, match="4000 to 192000"):
            ffmpeg.check(job, capabilities)
    else:
        ffmpeg.check(job, capabilities)
