"""Tags and chapters of another input: `-map_metadata 1`, `-map_chapters 1`, the role `metadata`."""

import json
from pathlib import Path

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg.model.failure import TranscodeError

TWO = {"output_filename": "out.mp4", "inputs": [{}, {"role": "metadata"}]}


def command(job: dict[str, object], capabilities: ffmpeg.Capabilities) -> str:
    return ffmpeg.dry_run(
        spec.parse_job(json.dumps(job).encode()), capabilities, ffmpeg.Limits()
    ).command


@pytest.mark.parametrize(
    "options", [["-map_metadata", "1"], ["-map_chapters", "1"], ["-map_metadata", "1:g"]]
)
def test_tags_are_taken_from_the_input_that_is_named(
    options: list[str], capabilities: ffmpeg.Capabilities
) -> None:
    planned = command({**TWO, "extra_args": options}, capabilities)

    assert "-format_whitelist ffmetadata" in planned
    assert "-f ffmetadata -i file:inputs/1/input" in planned
    assert " ".join(options) in planned


@pytest.mark.parametrize(
    ("job", "message"),
    [
        ({**TWO, "extra_args": ["-map_metadata", "2"]}, "names input 2; the job has 2 inputs"),
        (
            {"output_filename": "out.mp4", "extra_args": ["-map_chapters", "1"]},
            "names input 1; the job has 1 input, which is 0",
        ),
        (
            {
                "output_filename": "out.mp4",
                "inputs": [{}, {"role": "lut"}],
                "extra_args": ["-map_metadata", "1"],
            },
            "a lut, which has no tags",
        ),
        ({**TWO, "inputs": [{}, {"role": "metadata", "start": 1}]}, "has no meaning for the role"),
    ],
)
def test_an_input_without_tags_is_refused(
    job: dict[str, object], message: str, capabilities: ffmpeg.Capabilities
) -> None:
    with pytest.raises(InvalidArgument, match=message):
        command(job, capabilities)


def test_a_file_of_tags_is_inspected_before_ffmpeg_reads_it(tmp_path: Path) -> None:
    good, other = tmp_path / "good", tmp_path / "other"
    good.write_text(";FFMETADATA1\ntitle=A\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=1\n")
    other.write_text("ffconcat version 1.0\nfile x\n")

    assert ffmpeg.inspect(good, "metadata").chapters == 1
    with pytest.raises(TranscodeError, match="no file of tags"):
        ffmpeg.inspect(other, "metadata")
    good.write_text(";FFMETADATA1\n" + "[CHAPTER]\n" * 3000)
    with pytest.raises(TranscodeError, match="3000 chapters"):
        ffmpeg.inspect(good, "metadata")
