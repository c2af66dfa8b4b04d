"""Lines whose output is thrown away, for what FFmpeg prints."""

import pytest

from ffremote_cli.translate import CannotTranslate, Translation, parse, translate


def translated(line: str) -> Translation:
    """Return the translation of the arguments of ffmpeg."""
    found = translate(parse(line.split()))
    assert isinstance(found, Translation)
    return found


@pytest.mark.parametrize("output", ["-", "/dev/null", "NUL", "out.mp4"])
def test_an_output_of_the_null_muxer_is_a_report_whatever_its_name(output: str) -> None:
    found = translated(f"-i in.mp4 -af volumedetect -f null {output}")

    assert found.job["container"] == "null"
    assert found.job["output_filename"] == "result.null"
    assert found.has_file == (False,)


def test_reports_may_stand_beside_files_and_have_the_same_name() -> None:
    found = translated("-i in.mp4 out.mkv -f null - -f null -")

    assert found.has_file == (True, False, False)
    names = [each["output_filename"] for each in found.job["outputs"]]
    assert len(set(names)) == 3


def test_a_null_device_without_the_muxer_is_refused() -> None:
    with pytest.raises(CannotTranslate, match="unknown container"):
        translated("-i in.mp4 /dev/null")


@pytest.mark.parametrize("target", ["-", "'-'", "pipe\\:1"])
def test_printed_metadata_goes_to_the_log_and_from_there_to_stdout(target: str) -> None:
    text = f"select='gt(scene,0.3)',metadata=print:file={target}"

    found = translated(f"-i in.mp4 -vf {text} -f null -")

    assert found.prints_metadata
    assert found.job["video"]["filters"] == [
        "select='gt(scene,0.3)',metadata=print:key=lavfi.scene_score"
    ]


def test_metadata_of_a_graph_is_printed_beside_pictures() -> None:
    text = "[0:v]select='gt(scene,0.3)',metadata=print:file=-[v]"

    found = translated(f"-i in.mp4 -filter_complex {text} -map [v] -vsync vfr c%03d.png")

    assert found.prints_metadata
    assert found.job["video"]["filters"] == [
        "select='gt(scene,0.3)',metadata=print:key=lavfi.scene_score"
    ]


def test_metadata_printed_to_a_file_is_left_to_the_server_which_refuses_it() -> None:
    found = translated("-i in.mp4 -vf metadata=print:file=x.txt -f null -")

    assert not found.prints_metadata
    assert found.job["video"]["filters"] == ["metadata=print:file=x.txt"]
