"""FFmpeg's messages of a job, as ffmpeg prints them."""

import pytest

from ffremote_cli.ffmpeg_cli.messages import print_messages

LOG = b"""ffmpeg -i file:input -f null -

ffmpeg 5.1.9, ffprobe 5.1.9
[info] Input #0, mov, from 'file:input':
[Parsed_loudnorm_0] [info] \n\
{
\t"input_i" : "-21.81"
}
[h264] [error] damaged
[Parsed_metadata_1] [info] lavfi.scene_score=0.4
"""


def test_messages_have_the_names_of_the_line_and_no_levels(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_messages([LOG[:90], LOG[90:]], 32, ["in.mp4"], prints_metadata=False)

    assert capsys.readouterr().err == (
        "Input #0, mov, from 'in.mp4':\n"
        '[Parsed_loudnorm_0 @ 0x0] \n{\n\t"input_i" : "-21.81"\n}\n'
        "[h264 @ 0x0] damaged\n"
        "[Parsed_metadata_1 @ 0x0] lavfi.scene_score=0.4\n"
    )


def test_messages_above_the_level_are_left_out_with_their_further_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_messages([LOG], 16, ["in.mp4"], prints_metadata=False)

    assert capsys.readouterr().err == "[h264 @ 0x0] damaged\n"


def test_printed_metadata_goes_to_stdout_without_its_context(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_messages([LOG], 16, ["in.mp4"], prints_metadata=True)

    assert capsys.readouterr().out == "lavfi.scene_score=0.4\n"
