"""Which pictures a pattern names: as FFmpeg reads it, with a sentence about what it drops."""

import os
from pathlib import Path

import pytest

from ffremote_cli.client.sequence.notation import PicturePattern, is_numbered
from ffremote_cli.client.sequence.pictures import MOST_PICTURES, check_pictures, open_sequence
from ffremote_cli.errors import LocalFileProblem, Misused


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, *names: str) -> None:
    """Write a picture under each name."""
    for name in names:
        (folder / name).write_bytes(name.encode())


def names_of(pattern: str, *, start_number: int | None = None) -> list[str]:
    named = PicturePattern(pattern, start_number, is_glob=not is_numbered(pattern))
    return [str(each.path) for each in open_sequence(named)]


def test_numbers_are_in_order_and_may_have_more_digits_than_the_pattern(folder: Path) -> None:
    write(folder, "img1000.png", "img999.png", "img998.png", "img0999.png", "imgx.png", "img1.png")

    assert names_of("img%03d.png") == ["img998.png", "img999.png", "img1000.png"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("%d.png", ["9.png", "10.png"]),
        ("100%%_%d.png", ["100%_1.png"]),
        ("*.jpg", ["B.jpg", "a.JPG.jpg", "a.jpg"]),
        ("p?.tif", ["p1.tif", "p2.tif"]),
    ],
)
def test_a_pattern_is_read_as_by_ffmpeg(folder: Path, pattern: str, names: list[str]) -> None:
    write(folder, "9.png", "10.png", "100%_1.png", "a.jpg", "B.jpg", "a.JPG.jpg")
    write(folder, "p2.tif", "p1.tif", ".hidden.jpg")

    assert names_of(pattern) == names


def test_the_start_number_is_that_of_the_first_picture_or_up_to_four_before_it(
    folder: Path,
) -> None:
    write(folder, "4.png", "5.png", "6.png")

    assert names_of("%d.png", start_number=0) == ["4.png", "5.png", "6.png"]
    assert names_of("%d.png", start_number=5) == ["5.png", "6.png"]
    with pytest.raises(LocalFileProblem, match="no picture with a number from 7 to 11") as caught:
        names_of("%d.png", start_number=7)
    assert caught.value.hint == "its first number is 4: -start_number 4"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("1.png", "3.png"), "number 2 is missing, and 1 picture is left out, from 3.png on"),
        (
            ("1.png", "9.png", "7.png"),
            "numbers 2 to 6 are missing, and 2 pictures are left out, from 7.png on",
        ),
    ],
)
def test_a_sequence_ends_before_a_gap_and_a_sentence_names_it(
    folder: Path, names: tuple[str, ...], message: str
) -> None:
    write(folder, *names)
    sentences: list[str] = []

    pictures = open_sequence(PicturePattern("%d.png"), sentences.append)

    assert [str(each.path) for each in pictures] == ["1.png"]
    assert sentences == [f"the sequence ends with 1.png, as with ffmpeg: {message}"]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("none%d.png", "no picture matches none%d.png"),
        ("none*.png", "no picture matches none*.png"),
        ("missing/%d.png", "missing cannot be read: No such file or directory"),
        ("drawing*.svg", "drawing1.svg cannot be part of a sequence: .svg is not one of"),
        ("mixed*", "mixed1.png and mixed2.jpg have different formats"),
        ("empty%d.png", "empty1.png is empty"),
        ("pipe%d.png", "pipe1.png is not a regular file"),
        ("folder%d.png", "folder1.png is not a regular file"),
        ("broken%d.png", "broken1.png cannot be read: No such file or directory"),
    ],
)
def test_what_is_no_sequence_is_an_error_that_names_the_file(
    folder: Path, pattern: str, message: str
) -> None:
    write(folder, "drawing1.svg", "mixed1.png", "mixed2.jpg")
    (folder / "empty1.png").touch()
    (folder / "folder1.png").mkdir()
    (folder / "broken1.png").symlink_to("nowhere.png")
    os.mkfifo(folder / "pipe1.png")

    with pytest.raises(LocalFileProblem) as caught:
        names_of(pattern)

    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("a%d/b.png", "a%d/b.png: the number must be in the name of the files"),
        ("a%d_%d.png", "a%d_%d.png: a pattern of pictures has one number"),
        ("{a,b}.png", "{a,b}.png: braces are not supported"),
    ],
)
def test_a_pattern_that_cannot_be_one_is_a_usage_error(
    folder: Path, pattern: str, message: str
) -> None:
    with pytest.raises(Misused) as caught:
        names_of(pattern)

    assert caught.value.message.startswith(message)


def test_more_pictures_than_a_sequence_has_are_an_error_before_they_are_read() -> None:
    paths = [Path(f"{number}.png") for number in range(MOST_PICTURES + 1)]

    with pytest.raises(LocalFileProblem, match="matches 20001 pictures, and a sequence has at"):
        check_pictures("%d.png", paths)
