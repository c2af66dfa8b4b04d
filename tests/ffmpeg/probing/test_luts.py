"""LUTs: each format is recognized by its content, and every line is checked."""

from pathlib import Path

import pytest

from ffremote.ffmpeg import TranscodeError
from ffremote.ffmpeg.probing import luts
from ffremote.ffmpeg.probing.lut_file import write_lut
from ffremote.ffmpeg.probing.luts import inspect_lut
from tests.support import side_files

FLAT = b"\n".join([b"0.1 0.2 0.3"] * 33**3)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (side_files.cube(), ("cube", 3)),
        (side_files.curve(), ("cube", 1)),
        (b"LUT_3D_SIZE 2\r\nDOMAIN_MIN 0 0 0\r\n" + b"0 .5 1e-2\r\n" * 8, ("cube", 3)),
        (side_files.csp(), ("csp", 3)),
        (b"CSPLUTV100\n1D\n" + b"2\n0 1\n0 1\n" * 3 + b"2\n0 0 0\n1 1 1\n", ("csp", 1)),
        (side_files.m3d(), ("m3d", 3)),
        (side_files.dat(), ("dat", 3)),
        (FLAT, ("dat", 3)),
        (side_files.threedl(), ("3dl", 3)),
        (b"3DMESH\n" + side_files.threedl().partition(b"\n")[2], ("3dl", 3)),
    ],
)
def test_a_format_is_recognized_by_its_content(
    content: bytes, expected: tuple[str, int], tmp_path: Path
) -> None:
    (tmp_path / "input").write_bytes(content)

    info = inspect_lut(tmp_path / "input")

    assert (info.format, info.dimensions) == expected
    assert (info.streams, info.bytes) == ((), len(content))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it begins with ''"),
        (b"#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd\n", "it begins with 'file:///etc/passwd'"),
        (b"ffconcat version 1.0\nfile x\n", "it begins with 'ffconcat version 1.0'"),
        (b'TITLE "x"\n', "it lacks LUT_3D_SIZE and LUT_1D_SIZE"),
        (side_files.cube()[:-6], "1 of its 8 lines of numbers are missing"),
        (side_files.cube() + b"1 1 1\n", "it has more lines than its size says"),
        (side_files.cube(size=1), "its size is '1'; from 2 to 129 is possible"),
        (side_files.cube(size=257), "its size is '257'; from 2 to 129 is possible"),
        (b"LUT_3D_SIZE 99999999999999999999\n", "its size is '99999999999999999999'"),
        (b"LUT_3D_SIZE -2\n", "its size is '-2'"),
        (b"LUT_3D_SIZE 0x2\n", "its size is '0x2'"),
        (b"LUT_1D_SIZE 65537\n", "its size is '65537'; from 2 to 65536 is possible"),
        (b"LUT_3D_SIZE 2\n" + b"nan 0 0\n" * 8, "'nan 0 0' is no line of a .cube file"),
        (b"LUT_3D_SIZE 2\n" + b"0 0\n" * 8, "'0 0' is no line of a .cube file"),
        (b"LUT_3D_SIZE 2\nLUT_1D_SIZE 2\n", "'LUT_1D_SIZE 2' is no line of a .cube file"),
        (b"LUT_3D_SIZE 2\n/etc/passwd\n", "'/etc/passwd' is no line of a .cube file"),
        (b"LUT_3D_SIZE 2\n0 0 0\n/etc/passwd\n", "'/etc/passwd' is no line of three numbers"),
        (b"LUT_3D_SIZE 2\nDOMAIN_MAX 10 10 10\n", "its DOMAIN is not 0 to 1"),
        (b"LUT_3D_SIZE 2\n1e40 0 0\n", "'1e40 0 0' is no line of a .cube file"),
        (b"LUT_3D_SIZE 2\n" + b"0" * 600, "a line has more than 500 bytes"),
        (b"CSPLUTV100\n4D\n", "its second line is neither 1D nor 3D"),
        (b"CSPLUTV100\n3D\n3\n", "FFmpeg reads shapers of 2 points only"),
        (b"CSPLUTV100\n3D\n" + b"2\n0 1\n0 1\n" * 3 + b"2 3 2\n", "three equal numbers"),
        (b"CSPLUTV100\n3D\nBEGIN METADATA\n", "FFmpeg reads shapers"),
        (b"in 9\nout 2\nvalues red green blue\n", "9 values are no cube"),
        (b"in 8\nout 2\nvalues red red blue\n", "its values are not red, green and blue"),
        (b"in 8\nvalues red green blue\n", "it lacks in, out or values"),
        (b"0 64 128 192\n0.1 0.2 0.3\n", "convert it to .cube"),
        (b"0.1 0.2 0.3\n", f"{33**3 - 1} of its {33**3} lines of numbers are missing"),
    ],
)
def test_what_is_no_lut_is_refused_with_the_reason(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "input").write_bytes(content)

    with pytest.raises(TranscodeError) as caught:
        inspect_lut(tmp_path / "input")

    assert reason in caught.value.failure.message
    assert caught.value.failure.reason == "unsupported_input"


def test_a_huge_lut_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "input").write_bytes(side_files.cube())
    monkeypatch.setitem(luts.MAX_BYTES, "lut", 20)

    with pytest.raises(TranscodeError, match="the limit is 20"):
        inspect_lut(tmp_path / "input")


@pytest.mark.parametrize(
    "content",
    [side_files.cube(), side_files.csp(), side_files.m3d(), side_files.dat()],
)
def test_each_format_is_written_anew_as_the_same_cube(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(content)

    write_lut(tmp_path / "input", tmp_path / "lut.cube")

    lines = ["LUT_3D_SIZE 2", *(" ".join(map(str, each)) for each in side_files.IDENTITY), ""]
    assert (tmp_path / "lut.cube").read_text() == "\n".join(lines)


def test_the_range_of_a_shaper_is_written_behind_the_size(tmp_path: Path) -> None:
    shapers = b"2\n0 2\n0 1\n" + b"2\n0 1\n0 0.5\n" * 2
    (tmp_path / "input").write_bytes(b"CSPLUTV100\n1D\n" + shapers + b"2\n0 0 0\n1 1 1\n")

    write_lut(tmp_path / "input", tmp_path / "lut.cube")

    assert (tmp_path / "lut.cube").read_text() == (
        "LUT_1D_SIZE 2\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 2 1 1\n0 0 0\n1 0.5 0.5\n"
    )
