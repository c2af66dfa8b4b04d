"""The options that name further files of a job: `--overlay`, `--audio-from`, `--mix`."""

from pathlib import Path
from typing import Any

import click
import pytest

from ffremote import spec
from ffremote_cli.errors import Misused
from ffremote_cli.settings.command_options import batch_of
from ffremote_cli.settings.job_options import JobCommand
from ffremote_cli.settings.option_names import in_options
from ffremote_cli.workflow.batch import Batch

PLAIN: dict[str, Any] = {"paths": (), "sequence": False, "sequence_start": None}
"""The options that say what the inputs are, when none of them is given."""


def batch(tmp_path: Path, *args: str) -> Batch:
    (film := tmp_path / "in.mp4").touch()
    with JobCommand("run").make_context("run", list(args)) as ctx:
        values: dict[str, Any] = {**PLAIN, "inputs": [film], "further": (), **ctx.params}
    return batch_of(values, output="out.mp4", job_file=values.pop("job_file"))


def test_each_file_is_an_input_that_the_job_names(tmp_path: Path) -> None:
    made = batch(
        tmp_path,
        *("--overlay", "logo.png:place=bottom-right:margin=10:size=320:-1:opacity=0.5"),
        *("--overlay", "clip.mp4:x=-20:y=5:start=0:10:end=12.5"),
        *("--audio-from", "speech.wav", "--volume", "2"),
        *("--mix", "music.mp3:volume=-12dB", "--mix", "rain.mp3:volume=0.2:track=1"),
        *("--start", "5", "--tonemap", "off"),
    )

    names = ["logo.png", "clip.mp4", "speech.wav", "music.mp3", "rain.mp3"]
    assert made.further == tuple(map(Path, names))
    job = made.job_for(tmp_path / "out.mp4")
    assert job["inputs"] == [{"start": "5"}, {}, {}, {}, {}, {}]
    assert job["overlays"] == [
        {
            "input": 1,
            "place": "bottom-right",
            "margin": 10,
            "size": "320:-1",
            "opacity": 0.5,
        },
        {"input": 2, "x": -20, "y": 5, "start": "0:10", "end": "12.5"},
    ]
    assert job["audio"] == {
        "volume": 2,
        "input": 3,
        "mix": [{"input": 4, "volume": "-12dB"}, {"input": 5, "volume": 0.2, "track": 1}],
    }
    assert job["video"] == {"tonemap": "off"}
    assert spec.build_job({**job, "audio": {**job["audio"], "volume": 2.0}}).overlays


def test_the_files_follow_those_of_a_job_file(tmp_path: Path) -> None:
    (path := tmp_path / "job.json").write_text('{"inputs": [{"loop": 1}]}')

    made = batch(tmp_path, "--job", str(path), "--overlay", "logo.png")

    assert made.job["inputs"] == [{"loop": 1}, {}]
    assert made.job["overlays"] == [{"input": 1}]


def test_fonts_stay_behind_the_files_of_these_options(tmp_path: Path) -> None:
    with JobCommand("run").make_context("run", ["--overlay", "logo.png"]) as ctx:
        named = {"inputs": [tmp_path], "further": (Path("a.ttf"),)}
        values: dict[str, Any] = {**PLAIN, **named, **ctx.params}
    (tmp_path / "in.mp4").touch()

    made = batch_of(values, output=None, job_file=values.pop("job_file"))

    assert made.further == (Path("logo.png"), Path("a.ttf"))
    assert made.job["inputs"] == [{}, {}, {"role": "font"}]
    assert made.job["overlays"] == [{"input": 1}]


def test_a_file_whose_name_looks_like_a_key_is_taken_if_it_exists(tmp_path: Path) -> None:
    (odd := tmp_path / "a:place=top.png").touch()

    assert batch(tmp_path, "--overlay", str(odd)).further == (odd,)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--overlay", "logo.png:plce=top"), "'plce' is no key; the keys are place, margin, x, y"),
        (("--overlay", "logo.png:margin=wide"), "'wide' is not a number"),
        (("--mix", "a.mp3:size=3"), "'size' is no key; the keys are volume, track"),
        (("--audio-from", "a.mp3", "--audio-from", "b.mp3"), "it can be given once"),
    ],
)
def test_a_wrong_value_is_refused(tmp_path: Path, args: tuple[str, ...], said: str) -> None:
    with pytest.raises(click.BadParameter) as caught:
        batch(tmp_path, *args)

    assert said in caught.value.format_message()


def test_a_mix_without_audio_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misused, match="--no-audio and --mix exclude each other"):
        batch(tmp_path, "--no-audio", "--mix", "a.mp3")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("overlays[0].size is 5% of the video.", "size of --overlay 1 is 5% of the video."),
        ("overlays[1] cannot be {}.", "--overlay 2 cannot be {}."),
        ("audio.mix[0].input names input 1.", "input of --mix 1 names input 1."),
        ("audio.input and graph exclude", "--audio-from and graph exclude"),
        ("Set package.fps or package.count.", "Set --picture-fps or --picture-count."),
    ],
)
def test_a_message_names_the_option(text: str, shown: str) -> None:
    assert in_options(text) == shown


def test_fonts_are_attached_behind_all_other_files(tmp_path: Path) -> None:
    made = batch(
        tmp_path,
        *("--attachment", "fonts/A.ttf", "--attachment", "cover.jpg", "--overlay", "logo.png"),
    )

    assert made.further == (Path("logo.png"), Path("cover.jpg"), Path("fonts/A.ttf"))
    job = made.job_for(tmp_path / "out.mkv")
    assert job["inputs"] == [{}, {}, {}, {"role": "font"}]
    assert job["attachments"] == [
        {"input": 2, "filename": "cover.jpg"},
        {"input": 3, "filename": "A.ttf"},
    ]
