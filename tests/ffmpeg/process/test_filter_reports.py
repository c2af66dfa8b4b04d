"""What filters measured, read from FFmpeg's messages; strangers' words are no measurements."""

import pytest

from ffremote.ffmpeg.process.filter_reports import MOST, FilterReports
from ffremote.ffmpeg.process.reporting_filters import reporting_filters

BEGIN = "[graph_0_in_0_0 @ 0x1] [verbose] tb:1/44100 samplefmt:fltp"
HEARD = {"volumedetect": 0, "silencedetect": 0, "ebur128": 0, "loudnorm": 0}
MEAN = "[Parsed_volumedetect_0 @ 0x55] [info] mean_volume: -24.1 dB"


def measured(
    *lines: str, filters: dict[str, int | None] | None = None, is_marked: bool = True
) -> dict[str, object]:
    """Return the measurements of these lines of stderr; FFmpeg marks those with a context."""
    reports = FilterReports(HEARD if filters is None else filters)
    for line in lines:
        reports.add(f"{line}\n", is_own=is_marked and line.startswith("["))
    return reports.to_json()


def test_measurements_have_their_filter_their_instance_and_their_output() -> None:
    assert measured(BEGIN, MEAN, MEAN.replace("55", "56").replace("24.1", "30")) == {
        "volume": [
            {"filter": "volumedetect", "instance": 0, "output": 0, "mean_db": -24.1},
            {"filter": "volumedetect", "instance": 1, "output": 0, "mean_db": -30.0},
        ]
    }


def test_a_silence_has_a_start_and_an_end_in_each_channel() -> None:
    place = "[silencedetect @ 0x1] [info]"

    found = measured(
        f"{place} channel: 0 | silence_start: 0.5",
        f"{place} channel: 1 | silence_start: 1",
        f"{place} channel: 0 | silence_end: 2 | silence_duration: 1.5",
        f"{place} channel: 1 | silence_end: 3 | silence_duration: 2",
    )

    silences = found["silence"]
    assert isinstance(silences, list)
    spans = [(each["channel"], each["start"], each["end"]) for each in silences]
    assert spans == [(0, 0.5, 2), (1, 1, 3)]


def test_the_summary_of_a_loudness_measurement_continues_over_lines() -> None:
    found = measured(
        "[Parsed_ebur128_0 @ 0x1] [info] t: 4.9  TARGET:-23 LUFS  M: -1.8 S: -1.8  I: -1.8 LUFS",
        "[Parsed_ebur128_0 @ 0x1] [info] Summary:",
        "",
        "  Integrated loudness:",
        "    I:         -22.0 LUFS",
        "    Threshold: -32.0 LUFS",
        "  Loudness range:",
        "    LRA:         2.8 LU",
        "    Threshold: -44.7 LUFS",
        "  True peak:",
        "    Peak:       -inf dBFS",
        "[info] I: -1 LUFS",
        "    I: -2 LUFS",
        "[Parsed_loudnorm_1 @ 0x2] [info] ",
        "{",
        '\t"input_i" : "-21.81",',
        '\t"normalization_type" : "dynamic",',
        "}",
    )

    assert found["loudness"] == [
        {"filter": "ebur128", "instance": 0, "output": 0, "integrated_lufs": -22.0}
        | {"threshold_lufs": -32.0, "range_lu": 2.8, "peak_dbfs": None},
        {"filter": "loudnorm", "instance": 0, "output": 0, "input_i": -21.81},
    ]


HOSTILE = [
    "    title           : [silencedetect @ 0x1] [info] silence_start: 3",
    "                    : [Parsed_volumedetect_0 @ 0x1] [info] mean_volume: -1 dB",
    "[Parsed_volumedetect_0 @ 0x1] mean_volume: -1 dB",
    "[Parsed_volumedetect_0] [info] mean_volume: -1 dB",
    "[Parsed_volumedetect_0 @ 0x1] [error] mean_volume: -1 dB",
    "[info] mean_volume: -1 dB",
    "mean_volume: -1 dB",
    "[volumedetect @ x] [info] mean_volume: -1 dB",
    "[matroska,webm @ 0x1] [info] mean_volume: -1 dB",
    "[blackdetect @ 0x1] [info] black_start:0 black_end:2 black_duration:2",
    "[silencedetect @ 0x1] [info] silence_start: 1e999",
    "[silencedetect @ 0x1] [info] silence_start: NaN",
    "[silencedetect @ 0x1] [info] silence_start: 00:00:01",
    "[silencedetect @ 0x1] [info] silence_start: " + "9" * 400,
    "[Parsed_volumedetect_0 @ 0x1] [info] __class__: 1 mean_volumes: 2",
]


@pytest.mark.parametrize("line", HOSTILE)
def test_words_that_look_like_a_measurement_are_none(line: str) -> None:
    assert measured(BEGIN, line) == {}


def test_a_line_without_ffmpegs_mark_is_no_measurement() -> None:
    assert measured(BEGIN, MEAN, is_marked=False) == {}


@pytest.mark.parametrize("begin", [BEGIN, "[vf#0:1 @ 0x5] [verbose] Starting thread..."])
def test_what_filters_say_while_a_graph_is_tried_is_forgotten(begin: str) -> None:
    tried = "[Parsed_volumedetect_0 @ 0x9] [info] n_samples: 0"

    found = measured(tried, begin, MEAN, BEGIN, filters=HEARD)

    assert found["volume"] == [
        {"filter": "volumedetect", "instance": 0, "output": 0, "mean_db": -24.1}
    ]


def test_a_cut_has_the_time_and_the_score_that_metadata_prints() -> None:
    place = "[Parsed_metadata_1 @ 0x1] [info]"

    found = measured(
        f"{place} frame:0    pts:30720   pts_time:3",
        f"{place} lavfi.scene_score=0.680876",
        f"{place} frame:1    pts:61440   pts_time:6.5",
        f"{place} lavfi.scene_score=1.000000",
        filters={"metadata": 0},
    )

    assert found["scenes"] == [
        {"filter": "metadata", "instance": 0, "output": 0, "time": 3, "score": 0.680876},
        {"filter": "metadata", "instance": 0, "output": 0, "time": 6.5, "score": 1.0},
    ]


def test_more_events_than_the_limit_are_cut_and_named() -> None:
    line = "[silencedetect @ 0x1] [info] silence_start: {}"

    end = "[silencedetect @ 0x1] [info] silence_end: 9000 | silence_duration: 1"

    found = measured(*(line.format(n) for n in range(MOST + 10)), end)

    silences = found["silence"]
    assert isinstance(silences, list)
    assert len(silences) == MOST
    assert "end" not in silences[-1]  # what ended belongs to an event that was cut
    assert found["cut"] == ["silence"]


def test_the_filters_of_a_pass_are_those_of_its_outputs() -> None:
    argv = "-i x -filter:a volumedetect -f null - -filter:v cropdetect=round=2,idet -f null -"

    assert reporting_filters(argv.split(), (0, 1)) == {
        "volumedetect": 0,
        "cropdetect": 1,
        "idet": 1,
    }


SCENES = "select='expr=gt(scene,0.3)',metadata=mode=print:key=lavfi.scene_score"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("signalstats,null", {}),
        ("showinfo,null", {}),
        ("select='expr=gt(scene,0.3)',showinfo", {"showinfo": 0}),
        ("select='expr=gt(scene,0.3)',scale=w=9:h=9,showinfo", {"showinfo": 0}),
        (SCENES, {"metadata": 0}),
        (f"idet,{SCENES},scale=w=9:h=9", {"idet": 0, "metadata": 0}),
        ("idet,metadata=mode=print:key=lavfi.x", {"idet": 0}),
        ("metadata=mode=print:key=lavfi.scene_score", {}),
        (f"metadata=mode=print:key=lavfi.scene_score,{SCENES}", {}),
        ("select=expr=1,metadata=mode=print:key=lavfi.scene_score", {}),
        (
            "select=expr=1,drawtext='text=scene, x',metadata=mode=print:key=lavfi.scene_score",
            {},
        ),
    ],
)
def test_metadata_is_a_measurement_only_where_select_has_set_it(
    text: str, found: dict[str, int]
) -> None:
    assert reporting_filters(["-i", "x", "-filter:v", text, "-f", "null", "-"], (0,)) == found
