"""Filter parameters that name files of this machine: sent as text, or left out with a remark."""

from pathlib import Path

import pytest

from ffremote_cli.translate.errors import CannotTranslate
from ffremote_cli.translate.filters.local_files import LocalFiles, SideFile, numbered

KEPT = [
    "scale=640:-2",
    "drawtext=text='a: b':x=(w-tw)/2",
    "[in]drawtext=text=x[a];[a]hflip",
    "drawbox=c=red,drawtext=fontsize=h/20:text='50%'",
]


@pytest.mark.parametrize("text", KEPT)
def test_filters_without_files_stay_as_they_are_typed(text: str) -> None:
    assert LocalFiles().take(text) == text


def test_a_font_becomes_an_input_of_the_job() -> None:
    files = LocalFiles()

    text = files.take(r"scale=80:-2,drawtext=fontfile=/a/font.ttf:text='It\: x':x=1[out]")

    assert numbered(text, 1) == r"scale=80:-2,drawtext='input=1:text=It\: x:x=1'[out]"
    assert files.side_files == [SideFile("/a/font.ttf", "font")]
    assert files.remarks == []


def test_luts_become_inputs_each_file_once() -> None:
    files = LocalFiles()

    texts = [
        files.take("lut3d=a.cube,hflip,lut1d='b.csp':interp=cubic"),
        files.take(r"[in]lut3d=interp=nearest:file=a.cube[v];[v]lut3d=C\\:/c.dat"),
    ]

    assert [numbered(text, 2) for text in texts] == [
        "lut3d='input=2',hflip,lut1d='input=3:interp=cubic'",
        "[in]lut3d='interp=nearest:input=2'[v];[v]lut3d='input=4'",
    ]
    assert files.side_files == [
        SideFile("a.cube", "lut"),
        SideFile("b.csp", "lut"),
        SideFile("C:/c.dat", "lut"),
    ]


def test_a_text_file_is_sent_as_text(tmp_path: Path) -> None:
    caption = tmp_path / "caption.txt"
    caption.write_text("It's 5:30\nnow\n")

    text = LocalFiles().take(f"drawtext=textfile={caption}:fontsize=20")

    # two levels of quoting, as in FFmpeg
    assert text == r"drawtext='text=It\'\''s 5\:30" + "\nnow:fontsize=20'"


def test_a_text_file_that_cannot_be_sent_is_named(tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text("x" * 501)

    with pytest.raises(CannotTranslate, match=r"missing\.txt"):
        LocalFiles().take("drawtext=textfile=missing.txt")
    with pytest.raises(CannotTranslate, match="at most 500 characters"):
        LocalFiles().take(f"drawtext=textfile={long}")


def test_the_measured_motion_is_not_sent() -> None:
    files = LocalFiles()

    text = files.take("vidstabtransform=smoothing=30:input=transforms.trf")

    assert text == "vidstabtransform='smoothing=30'"
    assert files.remarks == [
        (
            "vidstabtransform: transforms.trf is not used; the server measures the motion in a pass"
            " before"
        )
    ]
