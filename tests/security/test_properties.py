"""Any JSON is refused with a field or becomes a job, and any argv holds allowed words only."""

import json
import re
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from ffremote import ffmpeg, spec
from ffremote.config import Settings
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg.policy.filtergraph import read_graph
from ffremote.ffmpeg.policy.tables import table
from tests.security.job_strategies import JOBS, SEVERAL
from tests.security.payloads import FILTERS

pytestmark = pytest.mark.security

QUICK = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
# valid jobs, so that they are accepted
NUMBER = st.integers(1, 60)
FINE = st.fixed_dictionaries(
    {"output_filename": st.sampled_from(["a.mp4", "b.mkv", "c.mov", "d.nut"])},
    optional={
        "video": st.fixed_dictionaries(
            {"codec": st.sampled_from(["h264", "libx265", "av1", "vp9", "mpeg4", "mjpeg"])},
            optional={
                "fps": NUMBER,
                "gop": NUMBER,
                "bitrate": st.integers(1000, 10**7),
                "scale": st.sampled_from(["64:64", "50%", "-2:90"]),
                "filters": st.lists(
                    st.sampled_from(
                        ["hflip", "scale='64':h=-2", "crop=w='min(iw,9)'", "eq=1.1", "null"]
                    ),
                    max_size=3,
                ),
            },
        ),
        "audio": st.fixed_dictionaries(
            {"codec": st.sampled_from(["aac", "flac", "mp3"])},
            optional={"channels": st.integers(1, 2), "volume": st.floats(0, 9)},
        ),
        "metadata": st.dictionaries(
            st.from_regex(r"[a-z]{1,9}", fullmatch=True),
            st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=40),
            max_size=3,
        ),
        "extra_args": st.sampled_from(
            [[], ["-refs", "3"], ["-x264-params", "keyint=9"], ["-map", "0:v"], ["-shortest"]]
        ),
        "input": st.fixed_dictionaries({"start": st.floats(0, 9)}),
    },
)


@cache
def able() -> ffmpeg.Capabilities:
    """Return what the installed FFmpeg can do."""
    return ffmpeg.read_capabilities(ffmpeg.locate(Settings()))


def accepted(raw: bytes) -> spec.JobSpec | None:
    """Return the frozen job; None if it was refused with a field and a sentence."""
    try:
        job = spec.parse_job(raw)
        ffmpeg.check(job, able())
    except InvalidArgument as exc:
        assert exc.field and exc.message.endswith((".", "?"))
        return None
    return job


def foreign(words: tuple[str, ...], job: spec.JobSpec) -> list[str]:
    """Return the words of a command line that are not allowed."""
    known = {"-hide_banner", "-nostdin", "-nostats", "-y", "-v", "level+verbose", "-filter_threads"}
    known |= {"-progress", "pipe:1", "-stats_period", "-protocol_whitelist", "file", "-i", "-f"}
    known |= {"-format_whitelist", "-codec_whitelist", "-max_pixels", "-max_streams", "-threads"}
    known |= {"file:input", "-max_muxing_queue_size", "-pass", "-passlogfile", "null", "-"}
    known |= {"-filter_complex", "-filter_complex_threads", "-speed", "-cq"}
    known |= {"-safe", "-video_track_timescale", "-stream_loop", "-itsoffset", "-sseof"}
    odd = []
    follows_metadata = False
    for word in words:
        if follows_metadata:
            follows_metadata = False
            if word.partition("=")[0] not in (job.metadata or {}) and not job.extra_args:
                odd.append(word)
            continue
        follows_metadata = word.split(":")[0] == "-metadata"
        is_option = word.startswith("-") and word[1:].split(":")[0] in table("options")
        is_acquired = word in known or re.fullmatch(
            r"file:(attempt/((out|subtitles)\.[a-z0-9]{2,4}|list|part[0-9]+)|inputs/[0-9]+/input)",
            word,
        )
        # anything else is a value, which must not be a path or a URL
        is_value = not word.startswith("/") and "://" not in word and ".." not in word
        if not (is_option or is_acquired or (is_value and not word.startswith("file:"))):
            odd.append(word)
    return odd


@QUICK
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_refused_or_frozen(raw: bytes) -> None:
    accepted(raw)


@settings(QUICK, max_examples=3 * QUICK.max_examples)
@given(JOBS)
def test_any_job_is_refused_with_a_field_or_its_argv_is_allowed(job: dict[str, Any]) -> None:
    found = accepted(json.dumps(job).encode())

    if found is not None:
        planned = ffmpeg.dry_run(found, able(), ffmpeg.Limits())
        assert [foreign(argv[1:], found) for argv in planned.argv] == [[]] * len(planned.argv)
        assert spec.load_job(found.to_json()) == found


@settings(QUICK, max_examples=2 * QUICK.max_examples)
@given(SEVERAL)
def test_a_job_with_several_inputs_is_refused_with_a_field_or_its_argv_is_allowed(
    job: dict[str, Any],
) -> None:
    found = accepted(json.dumps(job).encode())

    event("accepted" if found else "refused")
    if found is not None:
        planned = ffmpeg.dry_run(found, able(), ffmpeg.Limits())
        assert [foreign(argv[1:], found) for argv in planned.argv] == [[]] * len(planned.argv)
        assert spec.load_job(found.to_json()) == found


@QUICK
@given(FINE)
def test_valid_jobs_are_accepted_and_their_argv_is_allowed(job: dict[str, Any]) -> None:
    found = accepted(json.dumps(job).encode())

    assert found is not None
    planned = ffmpeg.dry_run(found, able(), ffmpeg.Limits())
    assert [foreign(argv[1:], found) for argv in planned.argv] == [[]] * len(planned.argv)
    assert all(argv[-1].startswith("file:attempt/out.") for argv in planned.argv[-1:])


@QUICK
@given(st.lists(st.sampled_from([*FILTERS, "hflip", "scale=2:2", "[a]", ";", ",", "'", "\\"])))
def test_a_filter_graph_that_is_parsed_again_is_the_same(pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        graph = read_graph(text)
    except ValueError as exc:
        assert str(exc)
        return

    assert str(read_graph(str(graph))) == str(graph)
    assert {each.name for each in graph.filters} <= table("filters").keys()
