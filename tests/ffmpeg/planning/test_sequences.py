"""The command lines of jobs with pictures, before these exist."""

import pytest

from ffremote import spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import Capabilities, DryRun, Limits, dry_run
from tests.support.job_directory import PRESETS


def planned(capabilities: Capabilities, **job: object) -> DryRun:
    named = {"output_filename": "out.mp4", **job}
    return dry_run(spec.build_job(named, presets=PRESETS), capabilities, Limits())


def test_a_dry_run_reads_pictures_of_ours(capabilities: Capabilities) -> None:
    found = planned(capabilities, input={"role": "sequence", "fps": "30000/1001"})

    words = (
        "-framerate 30000/1001 -pattern_type sequence -start_number 1 -f image2"
        " -i file:attempt/sequence0/%08d.jpg"
    )
    assert words in found.command
    assert found.warnings == ()


def test_a_sequence_has_no_sound_to_choose(capabilities: Capabilities) -> None:
    with pytest.raises(InvalidArgument):
        planned(capabilities, input={"role": "sequence"}, streams=["0:a"])


def test_each_of_several_sequences_has_a_folder(capabilities: Capabilities) -> None:
    sources = [{"role": "sequence"}, {}, {"role": "sequence", "fps": "5"}]

    found = planned(capabilities, inputs=sources, streams=["0:v", "1:a", "2:v"])

    assert "-i file:attempt/sequence0/%08d.jpg" in found.command
    assert "-i file:inputs/1/input" in found.command
    assert "-framerate 5 " in found.command
    assert "-i file:attempt/sequence2/%08d.jpg" in found.command


def test_pictures_cannot_be_joined_without_encoding(capabilities: Capabilities) -> None:
    with pytest.raises(InvalidArgument):
        planned(capabilities, inputs=[{"role": "sequence"}, {}], concat="copy")
