"""Publishing says what it would do unless it is told to, and the Dockerfile keeps its promises."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTRUCTION = re.compile(r"^([A-Z]+) (.*)$", re.MULTILINE)


def stages() -> dict[str, list[tuple[str, str]]]:
    """Each stage's instructions, those of its parent stages included."""
    found: dict[str, list[tuple[str, str]]] = {}
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", "")
    name = ""
    for instruction, rest in INSTRUCTION.findall(text):
        if instruction == "FROM":
            parent, name = re.fullmatch(r"(\S+) AS (\S+)", rest).groups()  # type: ignore[union-attr]
            found[name] = list(found.get(parent.replace("${FFMPEG}", "debian"), []))
        elif name:
            found[name].append((instruction, rest))
    return found


def last(target: str, wanted: str) -> str:
    return [rest for instruction, rest in stages()[target] if instruction == wanted][-1]


@pytest.mark.parametrize("target", ["server", "worker", "client"])
def test_an_image_runs_as_a_user_without_rights(target: str) -> None:
    assert last(target, "USER") == "10001:10001"
    assert last(target, "ENTRYPOINT").startswith('["/usr/bin/tini", "--"')


def test_all_targets_start_from_the_one_base_image() -> None:
    text = (ROOT / "Dockerfile").read_text()
    names = set(stages())

    parents = {line.split()[1] for line in text.splitlines() if line.startswith("FROM ")}

    assert parents - names - {"ffmpeg-${FFMPEG}"} == {"${BASE_IMAGE}"}


def test_images_is_a_dry_run_by_default() -> None:
    done = subprocess.run(
        [ROOT / "tools/images.sh", "example/ffremote"], capture_output=True, text=True, check=True
    )

    told = [
        re.findall(r"--target (\S+)|--build-arg FFMPEG=(\S+)", line)
        for line in done.stdout.splitlines()
    ]
    assert [(target, ffmpeg) for [(target, _), (_, ffmpeg)] in told] == [
        ("server", "debian"),
        ("server", "wheel"),
        ("worker", "debian"),
        ("worker", "wheel"),
        ("client", "debian"),
    ]
    assert "nothing was done" in done.stderr
