"""./run and .ci/run are POSIX shell, and ./run lists its targets."""

import subprocess

import pytest

from tests.support.paths import CHECKOUT


@pytest.mark.parametrize("script", ["run", ".ci/run"])
def test_the_script_is_posix_shell(script: str) -> None:
    done = subprocess.run(
        ["sh", "-n", CHECKOUT / script], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_help_names_every_target_of_the_makefile() -> None:
    message = subprocess.run(
        [CHECKOUT / "run", "help"], capture_output=True, text=True, check=True
    ).stdout
    targets = next(
        line.removeprefix(".PHONY:").split()
        for line in (CHECKOUT / "Makefile").read_text().splitlines()
        if line.startswith(".PHONY:")
    )

    takes_words = {"ffremote", "flask"}  # make would parse their options itself
    assert {line.split()[1] for line in message.splitlines()} == set(targets) - {
        "help"
    } | takes_words


def test_an_unknown_target_is_refused() -> None:
    done = subprocess.run(
        [CHECKOUT / "run", "dance"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/bin"},
    )

    assert done.returncode == 2
    assert "no target 'dance'" in done.stderr
