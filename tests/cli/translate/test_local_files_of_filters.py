"""Filter parameters that name files of this machine: sent as text, or left out with a remark."""

from pathlib import Path

import pytest

from ffremote_cli.translate.errors import CannotTranslate
from ffremote_cli.translate.filters.local_files import without_local_files

KEPT = [
    "scale=640:-2",
    "drawtext=text='a: b':x=(w-tw)/2",
    "[in]drawtext=text=x[a];[a]hflip",
    "drawbox=c=red,drawtext=fontsize=h/20:text='50%'",
]


@pytest.mark.parametrize("text", KEPT)
def test_filters_without_files_stay_as_they_are_typed(text: str) -> None:
    assert without_local_files(text) == (text, [])


def test_a_font_of_this_machine_is_left_out_with_a_remark() -> None:
    text, remarks = without_local_files(
        r"scale=80:-2,drawtext=fontfile=/a/font.ttf:text='It\: x':x=1[out]"
    )

    assert text == r"scale=80:-2,drawtext='text=It\: x:x=1'[out]"
    assert remarks == [
        (
            "drawtext: the font /a/font.ttf stays on this machine; the text is drawn with a font of"
            " the server (font=NAME chooses one)"
        )
    ]


def test_a_text_file_is_sent_as_text(tmp_path: Path) -> None:
    caption = tmp_path / "caption.txt"
    caption.write_text("It's 5:30\nnow\n")

    text, remarks = without_local_files(f"drawtext=textfile={caption}:fontsize=20")

    # two levels of quoting, as in FFmpeg
    assert text == r"drawtext='text=It\'\''s 5\:30" + "\nnow:fontsize=20'"
    assert remarks == []


def test_a_text_file_that_cannot_be_sent_is_named(tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text("x" * 501)

    with pytest.raises(CannotTranslate, match=r"missing\.txt"):
        without_local_files("drawtext=textfile=missing.txt")
    with pytest.raises(CannotTranslate, match="at most 500 characters"):
        without_local_files(f"drawtext=textfile={long}")


def test_the_measured_motion_is_not_sent() -> None:
    text, remarks = without_local_files("vidstabtransform=smoothing=30:input=transforms.trf")

    assert text == "vidstabtransform='smoothing=30'"
    assert remarks == [
        (
            "vidstabtransform: transforms.trf is not used; the server measures the motion in a pass"
            " before"
        )
    ]
