"""tools/images.sh is a dry run unless told to push, and the Dockerfile keeps its promises."""

import re
import subprocess

import pytest

from ffremote.config import Settings, load_settings, variable
from ffremote.version import __version__
from tests.support.paths import CHECKOUT

PIN = re.compile(r"^[a-z0-9.-]+==[^ \n]+", re.MULTILINE)
PASSED = re.compile(r"^ {4,6}(FFREMOTE_[A-Z_]+):$", re.MULTILINE)
EXAMPLE = re.compile(r"^#(FFREMOTE_[A-Z_]+)=(.*)$", re.MULTILINE)
INSTRUCTION = re.compile(r"^([A-Z]+) (.*)$", re.MULTILINE)


def stages() -> dict[str, list[tuple[str, str]]]:
    """Return each stage's instructions, including those of its parent stages."""
    found: dict[str, list[tuple[str, str]]] = {}
    text = (CHECKOUT / "Dockerfile").read_text().replace("\\\n", "")
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
def test_an_image_runs_as_an_unprivileged_user(target: str) -> None:
    assert last(target, "USER") == "10001:10001"
    assert last(target, "ENTRYPOINT").startswith('["/usr/bin/tini", "--"')


def test_all_targets_start_from_the_one_base_image() -> None:
    text = (CHECKOUT / "Dockerfile").read_text()
    names = set(stages())

    parents = {line.split()[1] for line in text.splitlines() if line.startswith("FROM ")}

    assert parents - names - {"ffmpeg-${FFMPEG}"} == {"${BASE_IMAGE}"}


def dry_run(*arguments: str, version: str) -> list[str]:
    """Return the dry run of tools/images.sh for this version."""
    done = subprocess.run(
        [CHECKOUT / "tools/images.sh", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "nothing was run" in done.stderr
    return done.stdout.replace(__version__, version).splitlines()


def test_each_image_is_built_for_each_architecture_and_then_merged() -> None:
    lines = dry_run("example/ffremote", version="V")

    built = [
        re.findall(r"--platform linux/(\S+) --target (\S+) --build-arg FFMPEG=(\S+)", one)
        for one in lines
        if " build " in one
    ]
    parts = [re.findall(r"--tag (\S+) --push", one)[0] for one in lines if " build " in one]
    joined = [one.split()[-2:] for one in lines if " imagetools create " in one]
    kinds = [
        ("server", "debian"),
        ("worker", "debian"),
        ("server", "wheel"),
        ("worker", "wheel"),
        ("client", "debian"),
    ]
    assert built == [[(arch, *kind)] for kind in kinds for arch in ("amd64", "arm64")]
    assert [part for pair in joined for part in pair] == parts


def test_a_machine_builds_only_its_own_architecture() -> None:
    lines = dry_run("build", "example/ffremote", version="V")

    assert not [one for one in lines if "imagetools" in one]
    assert dry_run("join", "example/ffremote", version="V")[0].endswith(
        "example/ffremote:V-amd64 example/ffremote:V-arm64"
    )


@pytest.mark.parametrize("image", ["client", "server-debian", "server-wheel", "sbom"])
def test_a_lock_has_the_tested_versions_with_hashes(image: str) -> None:
    tested = set(PIN.findall((CHECKOUT / "constraints.txt").read_text()))

    entries = re.split(r"\n(?! )", (CHECKOUT / f"locks/{image}.txt").read_text().strip())

    assert {PIN.findall(entry)[0] for entry in entries} <= tested
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def passed() -> set[str]:
    """Return the settings that docker-compose.yml takes from `.env`."""
    return set(PASSED.findall((CHECKOUT / "docker-compose.yml").read_text()))


def test_compose_passes_every_setting_that_needs_no_file_or_other_service() -> None:
    of_the_image = {"data_dir", "host", "port", "ffmpeg", "ffprobe"}
    with_a_part_or_a_file = {"database_url", "accel_prefix", "presets_file"}
    with_a_part_or_a_file |= {"storage_url", "scratch_bytes", "downloads", "worker_ca"}

    kept_out = of_the_image | with_a_part_or_a_file

    assert passed() == {variable(name) for name in set(Settings.model_fields) - kept_out}


def test_the_example_has_every_setting_that_compose_passes_with_its_default() -> None:
    output = dict(EXAMPLE.findall((CHECKOUT / ".env.example").read_text()))

    assert passed() <= set(output)
    ours = {name: output[name] for name in passed()}
    unset = {
        "FFREMOTE_DEVICES": "",
        "FFREMOTE_HISTORY_DAYS": "",
        "FFREMOTE_MAX_STORED_BYTES": "",
        "FFREMOTE_WORKER_LABELS": "",
    }  # the example shows their syntax
    assert load_settings({**ours, **unset}) == Settings()
