"""-f concat and concat: the list is read on this machine, and its files are the inputs."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from ffremote_cli.client.transfer.opening import open_input
from ffremote_cli.errors import LocalFileProblem
from ffremote_cli.ffmpeg_cli.concat_list import with_listed_files
from ffremote_cli.ffmpeg_cli.files import input_files, sources_of
from ffremote_cli.translate import CannotTranslate, Translation, parse, translate


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def translated(line: str) -> Translation:
    result = translate(with_listed_files(parse(shlex.split(line))))
    assert isinstance(result, Translation)
    return result


def test_the_files_of_a_list_become_the_inputs_of_a_job(folder: Path) -> None:
    (folder / "clips").mkdir()
    (folder / "clips/list.txt").write_text(
        "ffconcat version 1.0\n# two\nfile 'it'\\''s a.mp4'\ninpoint 1\noutpoint 3\nfile b.mp4\n"
    )

    result = translated("-f concat -safe 0 -i clips/list.txt -c copy out.mp4")

    assert [each.name for each in result.inputs] == ["clips/it's a.mp4", "clips/b.mp4"]
    assert result.job == {
        "output_filename": "out.mp4",
        "inputs": [{"start": 1, "duration": 2}, {}],
        "concat": "copy",
        "video": {"codec": "copy"},
        "audio": {"codec": "copy"},
    }
    assert (
        "the files of the list are uploaded and joined by the server: clips/it's a.mp4, clips/b.mp4"
        in result.remarks
    )


@pytest.mark.parametrize(
    ("line", "job"),
    [
        ("-i concat:a.ts|b.ts -c:v libx264 out.mp4", {"video": {"codec": "libx264"}}),
        (
            "-i concat:a.ts|b.ts -map 0:v -vf hflip -t 4 out.mp4",
            {
                "streams": ["0:v"],
                "video": {"filters": ["hflip"]},
                "extra_args": ["-t", "4"],
            },
        ),
        (
            "-i concat:a.vob|b.vob -c:a copy out.mp4",
            {"concat": "copy", "audio": {"codec": "copy"}},
        ),
    ],
)
def test_joined_files_are_one_input_for_maps_and_filters(line: str, job: dict[str, Any]) -> None:
    name = shlex.split(line)[-1]

    result = translated(line)

    assert result.job == {
        "output_filename": name,
        "inputs": [{}, {}],
        "concat": "encode",
        **job,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file a.mp4\nstream\n", "'stream' is not supported; file, duration, inpoint and outpoint"),
        ("duration 2\n", "'duration 2' is not supported; file, duration, inpoint and outpoint"),
        ("ffconcat version 2.0\nfile a.mp4\n", "'ffconcat version 2.0' is not supported"),
        ("file a.mp4\noption safe 0\n", "'option safe 0' is not supported"),
        ("file my film.mp4\n", "line 1: file takes one value, and this line has 2"),
        ("file\n", "line 1: file takes one value, and this line has 0"),
        ("file a.mp4\ninpoint\n", "line 2: inpoint takes one value, and this line has 0"),
        ("chapter 1 0 2\n", "'chapter 1 0 2' is not supported"),
        ("file http://host/a.mp4\n", "it names http://host/a.mp4, and the server does not"),
        ("# nothing\n", "the list names no file"),
        ("file 'a.mp4\n", "missing closing quote"),
        ("file a.mp4\n" * 17, "it names 17 files, and a job joins at most 16"),
    ],
)
def test_a_list_that_a_job_cannot_express_is_refused(folder: Path, text: str, message: str) -> None:
    (folder / "list.txt").write_text(text)

    with pytest.raises(CannotTranslate) as caught:
        translated("-f concat -i list.txt out.mp4")

    assert message in caught.value.message


def test_a_list_beside_another_input_or_option_is_refused(folder: Path) -> None:
    (folder / "list.txt").write_text("file a.mp4\n")

    with pytest.raises(CannotTranslate, match="the only input of a line"):
        translated("-f concat -i list.txt -i music.mp3 out.mp4")
    with pytest.raises(CannotTranslate, match="-ss: before a list of files"):
        translated("-ss 1 -f concat -i list.txt out.mp4")


def test_a_missing_list_is_a_local_problem(folder: Path) -> None:
    with pytest.raises(LocalFileProblem, match=r"list\.txt: No such file or directory"):
        translated("-f concat -i list.txt out.mp4")


def test_a_list_of_one_file_is_that_file(folder: Path) -> None:
    (folder / "list.txt").write_text("file a.mp4\n")

    assert translated("-f concat -i list.txt -c copy out.mp4").job == {
        "output_filename": "out.mp4",
        "video": {"codec": "copy"},
        "audio": {"codec": "copy"},
    }


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("'it'\\''s a.mp4'", "it's a.mp4"),
        ("my\\ film.mp4", "my film.mp4"),
        ("'a # b.mp4'", "a # b.mp4"),
        ('a"b".mp4', 'a"b".mp4'),
        ("'a\u2028b.mp4'", "a\u2028b.mp4"),
        ("file:a.mp4", "a.mp4"),
        ("'a.mp4'\r", "a.mp4"),
        ("  a.mp4  ", "a.mp4"),
    ],
)
def test_names_are_quoted_and_escaped_as_ffmpeg_reads_them(
    folder: Path, written: str, name: str
) -> None:
    text = f"# two\n\n  file {written}\nfile b.mp4"
    (folder / "list.txt").write_bytes(text.encode())

    result = translated("-f concat -i list.txt out.mp4")

    assert [each.name for each in result.inputs] == [name, "b.mp4"]


def test_the_duration_of_a_film_in_a_list_is_a_remark(folder: Path) -> None:
    (folder / "list.txt").write_text("file a.mp4\nduration 2\nfile b.png\nduration 3\n")

    result = translated("-f concat -i list.txt out.mp4")

    assert [text for text in result.remarks if "duration" in text] == [
        "the duration of a.mp4 in the list is not used, its frames end it: outpoint ends it earlier"
    ]
    assert result.job["inputs"][1] == {"loop": -1, "duration": 3}


@pytest.mark.parametrize(
    ("text", "times"),
    [
        (
            "file a.png\nduration 2\nfile b.png\nduration 0.5\nfile c.png\nduration 9",
            "(gte(N,1)*2+gte(N,2)*0.5+gte(N,3)*0.04+0.0201)/TB",
        ),
        (
            "file a.png\nduration 1\nfile b.png\nduration 1\nfile b.png",
            "(N*1+gte(N,3)*(0.04-1)+0.0201)/TB",
        ),
        ("file a.png\nduration 3\nfile b.png", "(N*3+gte(N,2)*(0.04-3)+0.0201)/TB"),
    ],
)
def test_a_list_of_pictures_is_a_sequence_that_shows_each_when_ffmpeg_does(
    folder: Path, text: str, times: str
) -> None:
    (folder / "list.txt").write_text(text)

    result = translated("-f concat -safe 0 -i list.txt -vf scale=320:-2 -fps_mode vfr out.mp4")

    assert [each.is_sequence for each in result.inputs] == [True]
    assert result.inputs[0].parts == tuple(text.split()[1::4])
    assert result.job == {
        "output_filename": "out.mp4",
        "input": {"role": "sequence"},
        "video": {"filters": [f"setpts='{times}',scale=320:-2"], "pix_fmt": "auto"},
        "extra_args": ["-fps_mode", "vfr"],
    }


def test_pictures_without_durations_are_shown_for_a_frame_each(folder: Path) -> None:
    (folder / "list.txt").write_text("file a.jpg\nfile b.jpeg\n")

    assert translated("-f concat -i list.txt out.mp4").job == {
        "output_filename": "out.mp4",
        "input": {"role": "sequence"},
    }


def test_a_list_of_pictures_may_stand_beside_sound(folder: Path) -> None:
    (folder / "list.txt").write_text("file a.jpg\nduration 2\nfile b.jpg\n")

    result = translated("-f concat -i list.txt -i a.mp3 -shortest out.mp4")

    assert [each.name for each in result.inputs] == ["list.txt", "a.mp3"]
    assert result.job["inputs"] == [{"role": "sequence"}, {}]


def test_more_pictures_of_different_durations_than_fit_into_a_filter_are_refused(
    folder: Path,
) -> None:
    rows = [f"file {n}.png\nduration {n}" for n in range(1, 15)]
    (folder / "list.txt").write_text("\n".join(rows))

    with pytest.raises(CannotTranslate) as caught:
        translated("-f concat -i list.txt out.mp4")

    assert "14 pictures of different durations" in caught.value.message


def test_the_pictures_of_a_list_are_sent_in_its_order_and_never_overwritten(folder: Path) -> None:
    (folder / "a.png").write_bytes(b"aa")
    (folder / "b.png").write_bytes(b"bbb")
    (folder / "list.txt").write_text("file b.png\nduration 1\nfile a.png\nfile b.png\n")
    result = translated("-f concat -i list.txt out.mp4")

    with input_files(result, max_bytes=0) as [path], open_input(path) as archive:
        content = archive.file.read(512) + b"".join(iter(lambda: archive.file.read(512), b""))

    assert [content[start : start + 3] for start in (512, 1536, 2560)] == [b"bbb", b"aa\0", b"bbb"]
    with pytest.raises(LocalFileProblem):
        sources_of(result).refuse(folder / "a.png")


def test_a_picture_of_a_list_that_is_missing_is_named(folder: Path) -> None:
    (folder / "list.txt").write_text("file gone.png\n")

    with (
        pytest.raises(LocalFileProblem, match=r"gone\.png cannot be read"),
        input_files(translated("-f concat -i list.txt out.mp4"), max_bytes=0),
    ):
        pass


def test_pictures_whose_packets_are_copied_are_joined_as_films_are(folder: Path) -> None:
    (folder / "list.txt").write_text("file a.png\nfile b.png\n")

    assert translated("-f concat -i list.txt -c copy out.mkv").job["concat"] == "copy"
