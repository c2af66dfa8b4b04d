"""-attach: files that become attachments of the job."""

import shlex

import pytest

from ffremote_cli.translate import CannotTranslate, Translation, parse, translate


def translated(line: str) -> Translation:
    found = translate(parse(shlex.split(line)))
    assert isinstance(found, Translation)
    return found


def test_pictures_and_fonts_are_attached_under_their_names() -> None:
    found = translated(
        "-i in.mkv -attach f/A.otf -metadata:s:t:0 mimetype=application/vnd.ms-opentype"
        " -attach c.jpg -metadata:s:t:1 mimetype=image/jpeg -c copy out.mkv"
    )

    assert [each.name for each in found.inputs] == ["in.mkv", "c.jpg", "f/A.otf"]
    assert found.job["inputs"] == [{}, {}, {"role": "font"}]
    assert found.job["attachments"] == [
        {"input": 1, "filename": "c.jpg"},
        {"input": 2, "filename": "A.otf"},
    ]
    assert "extra_args" not in found.job


def test_an_attached_font_comes_behind_those_of_filters() -> None:
    job = translated("-i in.mkv -vf drawtext=fontfile=x.ttf:text=a -attach y.ttf out.mkv").job

    assert job["inputs"] == [{}, {"role": "font"}, {"role": "font"}]
    assert job["attachments"] == [{"input": 2, "filename": "y.ttf"}]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("-i in.mkv -attach notes.txt out.mkv", "can be attached"),
        ("-i in.mkv -vf lut3d=x.cube -attach c.png out.mkv", "beside filters that read files"),
    ],
)
def test_what_cannot_be_attached_is_refused(line: str, words: str) -> None:
    with pytest.raises(CannotTranslate) as caught:
        translated(line)

    assert words in str(caught.value)
