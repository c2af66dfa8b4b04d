"""Burned subtitles are visible, with the fonts of the system or the one of the package."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg.process.stderr import Messages
from ffremote.ffmpeg.runtime import Runtime
from ffremote.ffmpeg.sandbox import sandbox
from ffremote.states import FailureReason
from tests.support.job_directory import JobDirectory

Burned = Callable[[str], tuple[bytes, tuple[str, ...]]]


@pytest.fixture(scope="module")
def runtime(runtime: Runtime, capabilities: ffmpeg.Capabilities) -> Runtime:
    """A runtime that can draw text."""
    if "ass" not in capabilities.filters:
        pytest.skip("this FFmpeg has no libass; Debian's and the one of ffremote[ffmpeg] have it")
    return runtime


@pytest.fixture
def burned(runtime: Runtime, capabilities: ffmpeg.Capabilities, tmp_path: Path) -> Burned:
    """Burns a text into black frames; returns one of them in gray, and the run's warnings."""

    def burn(text: str) -> tuple[bytes, tuple[str, ...]]:
        (tmp_path / "s.srt").write_text(f"1\n00:00:00,000 --> 00:00:00,900\n{text}\n")
        picture = ["-f", "lavfi", "-i", "color=black:s=160x120:r=10:d=1"]
        streams = ["-i", "s.srt", "-c:v", "mpeg4", "-c:s", "srt", "-y", "in.mkv"]
        run_ffmpeg(runtime, tmp_path, [*picture, *streams])
        directory = JobDirectory(runtime, capabilities, tmp_path / "job", tmp_path / "in.mkv")
        job = {"output_filename": "a.mkv", "video": {"codec": "mpeg4"}, "audio": False}
        directory.run(**job, subtitles={"mode": "burn"})
        gray = ["-ss", "0.5", "-i", str(directory.result), "-frames:v", "1", "-pix_fmt", "gray"]
        picture_bytes = run_ffmpeg(runtime, tmp_path, [*gray, "-f", "rawvideo", "-"])
        return picture_bytes, directory.outcome.warnings

    return burn


@pytest.fixture
def no_system_fonts(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide every font of the machine, as on a minimal machine or in the slim image."""
    if "landlock" not in runtime.sandbox.name:
        pytest.skip("fonts are hidden with Landlock: Linux 5.13 or newer, in the list of LSMs")
    left = tuple(path for path in sandbox._READABLE if "font" not in path)
    monkeypatch.setattr(sandbox, "_READABLE", (*left, str(sandbox.FONTS)))


def run_ffmpeg(runtime: Runtime, cwd: Path, words: list[str]) -> bytes:
    argv = [runtime.binaries.ffmpeg, "-v", "error", "-nostdin", *words]
    return subprocess.run(argv, cwd=cwd, capture_output=True, check=True).stdout


def test_a_burned_text_is_visible(burned: Burned) -> None:
    picture, warnings = burned("HELLO")

    assert max(picture) > 150, "white letters on black"
    assert warnings == ()


@pytest.mark.usefixtures("no_system_fonts")
@pytest.mark.parametrize("text", ["HELLO", "Straße", "Привет", "<font face='Arial'>Ω</font>"])
def test_a_machine_without_fonts_uses_the_font_of_the_package(burned: Burned, text: str) -> None:
    picture, warnings = burned(text)

    assert max(picture) > 150, "white letters on black"
    assert warnings == ()


@pytest.mark.usefixtures("no_system_fonts")
def test_characters_that_no_font_has_are_named_in_a_warning(burned: Burned) -> None:
    _, warnings = burned("春夏秋冬東西 a\ufe0f")

    (warning,) = warnings
    assert "春 夏 秋 冬 東 and 1 more" in warning
    assert "fonts-noto" in warning


@pytest.mark.usefixtures("no_system_fonts")
def test_without_any_font_the_job_fails_instead_of_burning_nothing(
    burned: Burned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "none").mkdir()
    shutil.copy(sandbox.FONTS / "fonts.conf", tmp_path / "none")
    monkeypatch.setattr(sandbox, "FONTS", tmp_path / "none")
    monkeypatch.setattr(sandbox, "_READABLE", (*sandbox._READABLE, str(tmp_path / "none")))
    hidden = tuple(path for path in sandbox._READABLE if not path.endswith("/fonts"))
    monkeypatch.setattr(sandbox, "_READABLE", hidden)

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        burned("HELLO")

    assert caught.value.failure.reason is FailureReason.BAD_FILTER
    assert "no font" in caught.value.failure.message


@pytest.mark.parametrize(
    "title",
    [
        "fontselect: failed to find any fallback with glyph 0x0 for font: (Arial, 400, 0)",
        "[Parsed_ass_0 @ 0x1] [warning] fontselect: failed to find any fallback with glyph 0x0 ",
    ],
)
def test_text_of_the_uploader_is_not_parsed_as_messages_of_libass(title: str) -> None:
    messages = Messages()

    messages.add(f"[info]     title           : {title}".encode())

    messages.missing_glyphs.require_font()
    assert messages.missing_glyphs.warnings() == ()


def test_the_font_ships_with_its_licence() -> None:
    assert {path.name for path in sandbox.FONTS.iterdir()} == {
        "DejaVuSans.ttf",
        "LICENSE",
        "fonts.conf",
    }
    assert "Bitstream Vera" in (sandbox.FONTS / "LICENSE").read_text()
