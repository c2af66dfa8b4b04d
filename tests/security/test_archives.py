"""Hostile archives of pictures are refused in words, and none writes outside its folder."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.ffmpeg import TranscodeError
from ffremote.ffmpeg.runtime import Runtime
from ffremote.states import FailureReason
from tests.security.archives import HARMLESS, REFUSED
from tests.security.canary import Canary
from tests.support.builds import build_settings

pytestmark = pytest.mark.security


SOME = ("a symbolic link", "a pax header", "a size past the end", "a playlist", "a gap")


def rows(names: Iterable[str]) -> list[Any]:
    """Return the names as rows of which only a few always run."""
    wide = pytest.mark.wide
    return [name if name in SOME else pytest.param(name, marks=wide) for name in names]


@pytest.fixture(scope="module", params=["auto", pytest.param("off", marks=pytest.mark.wide)])
def runtime(request: pytest.FixtureRequest, binaries: ffmpeg.Binaries) -> Runtime:
    """The runtime, confined and not: the program must be safe alone."""
    fields = build_settings(binaries).model_dump(exclude_unset=True)
    return ffmpeg.make_runtime(Settings(**fields, sandbox=request.param))


def unpack(runtime: Runtime, folder: Path, content: bytes) -> ffmpeg.MediaInfo:
    (folder / "try1").mkdir()
    (folder / "input").write_bytes(content)
    return ffmpeg.probe_sequence(
        runtime,
        folder,
        "input",
        attempt="try1",
        number=0,
        fps=None,
        on_progress=lambda report: None,
    )


def names_written(folder: Path) -> list[str]:
    """Return the names that an archive made, which must all be ours, of ordinary files."""
    assert sorted(path.name for path in folder.iterdir()) == ["input", "try1"]
    assert [path.name for path in (folder / "try1").iterdir()] == ["sequence0"]
    made = list((folder / "try1/sequence0").iterdir())
    assert all(path.is_file() and not path.is_symlink() for path in made)
    assert all(path.stat().st_nlink == 1 and path.stat().st_mode & 0o777 == 0o600 for path in made)
    return sorted(path.name for path in made)


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(REFUSED) + len(HARMLESS) > 55


@pytest.mark.parametrize("name", rows(REFUSED))
def test_a_hostile_archive_is_refused_in_words(
    runtime: Runtime, canary: Canary, tmp_path: Path, name: str
) -> None:
    make, words = REFUSED[name]
    content = make(canary)
    canary.events()

    with pytest.raises(TranscodeError) as refused:
        unpack(runtime, tmp_path, content)

    assert refused.value.failure.reason is FailureReason.UNSUPPORTED_INPUT
    assert words in refused.value.failure.message
    assert refused.value.failure.message.isprintable()
    assert canary.events() == []
    assert names_written(tmp_path) == []


@pytest.mark.parametrize("name", HARMLESS)
def test_a_name_decides_no_path(
    runtime: Runtime, canary: Canary, tmp_path: Path, name: str
) -> None:
    content = HARMLESS[name](canary)
    canary.events()

    info = unpack(runtime, tmp_path, content)

    pictures = range(1, (info.pictures or 0) + 1)
    assert names_written(tmp_path) == [f"{number:08d}.png" for number in pictures]
    assert canary.events() == []
