"""The chosen confinement is installed and tested: a test that fails never selects a weaker one."""

import json
import logging
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.errors import ConfigurationError
from ffremote.ffmpeg.sandbox import sandbox as sandboxes
from ffremote.ffmpeg.sandbox import seccomp, selftest
from ffremote.ffmpeg.sandbox.sandbox import FULL, LAUNCHER, Sandbox

pytestmark = [
    pytest.mark.security,
    pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's"),
]

Launcher = Callable[[str, str], Path]
# what a compromised FFmpeg could do unconfined, under any user
ALWAYS = {
    "files": {"read a file", "list a folder", "write beside the attempt", "write the input"}
    | {"make a link", "make a hard link", "make a folder", "make a pipe", "rename out"}
    | {"open a device", "write in /dev/shm", "remove the input"},
    "calls": {"empty the input", "send signals by F_SETOWN", "choose the signal", "fork"}
    | {"ask for signals", "ask for signals by ioctl", "outlive the server", "connect"}
    | {"signal the server", "signal a thread of the server", "a socket (unix)"}
    | {"a socket (IPv4)", "set its own limits", "the call inotify_init1", "the call shmat"}
    | {"the call openat2", "the call sched_setaffinity", "the call socket", "the call kill"},
}


@pytest.fixture
def launcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Launcher:
    """Replaces the launcher by a changed copy."""

    def change(before: str, after: str) -> Path:
        changed = tmp_path / "launcher.py"
        text = LAUNCHER.read_text("utf-8")
        assert before in text
        changed.write_text(text.replace(before, after, 1))
        monkeypatch.setattr(sandboxes, "LAUNCHER", changed)
        return changed

    return change


def chosen(**more: object) -> Sandbox:
    settings = Settings(**more)  # type: ignore[arg-type]  # one word of a Literal
    return sandboxes.choose_sandbox(settings, ffmpeg.locate(settings))


def unconfined(sandbox: Sandbox, directory: Path) -> dict[str, list[str]]:
    """Run the escapes with resource limits only; return those that succeeded."""
    (directory / "out").mkdir(parents=True)
    (directory / "input").write_text("film")
    (directory.parent / "secret").write_text("secret")
    parameters = {
        "secret": str(directory.parent / "secret"),
        "port": 1,
        "shared": f"/dev/shm/ffremote-test-{os.getpid()}",
        "shell": False,
        "calls": seccomp.calls_to_try(platform.machine()),
    }
    argv = ["-I", "-S", str(selftest.ESCAPES), json.dumps(parameters)]
    limited = replace(sandbox, name="limits")
    command = limited.command(Path(sys.executable), argv, cwd=directory, writable="out")
    ran = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True)
    Path(str(parameters["shared"])).unlink(missing_ok=True)
    found: dict[str, list[str]] = json.loads(ran.stdout)
    return found


def test_each_escape_succeeds_without_a_confinement(tmp_path: Path) -> None:
    succeeded = unconfined(chosen(), tmp_path / "job")

    # no process listens on port 1: the connection is refused
    missing = {kind: ALWAYS[kind] - set(succeeded[kind]) - {"connect"} for kind in ALWAYS}
    assert missing == {"files": set(), "calls": set()}


@pytest.mark.parametrize("abi", range(1, 7))
def test_the_confinement_holds_with_each_version_of_landlock(launcher: Launcher, abi: int) -> None:
    launcher("    abi = landlock_abi()\n", f"    abi = min({abi}, landlock_abi())\n")

    assert chosen().name == FULL


def test_a_call_that_the_filter_allows_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = seccomp.calls_to_try(platform.machine())
    getpid = {"x86_64": 39, "aarch64": 172}[platform.machine()]
    monkeypatch.setattr(sandboxes, "calls_to_try", lambda machine: usual | {"getpid": getpid})

    with pytest.raises(ConfigurationError, match=r"does not stop: the call getpid\)"):
        chosen(sandbox="required")


def test_a_kernel_without_landlock_gets_the_filter_and_a_warning_about_the_gap(
    launcher: Launcher, caplog: pytest.LogCaptureFixture
) -> None:
    launcher("    abi = landlock_abi()\n", "    abi = 0\n")

    with caplog.at_level(logging.WARNING):
        found = chosen()

    assert found.name == "seccomp"
    assert "it can open every file that this user can" in caplog.text


def test_required_refuses_to_start_with_less(launcher: Launcher) -> None:
    launcher("    abi = landlock_abi()\n", "    abi = 0\n")

    with pytest.raises(ConfigurationError, match="FFREMOTE_SANDBOX=required, but only seccomp"):
        chosen(sandbox="required")


def test_required_accepts_the_full_confinement() -> None:
    assert chosen(sandbox="required").name == FULL


def test_a_test_that_is_killed_each_time_chooses_nothing(launcher: Launcher) -> None:
    launcher("    split = arguments", "    os.kill(os.getpid(), SIGKILL)\n    split = arguments")

    with pytest.raises(ConfigurationError, match=r"could not be tested.*killed"):
        chosen()


def test_a_test_that_is_killed_once_is_repeated(launcher: Launcher, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    once = f"os.path.exists({str(mark)!r}) or (open({str(mark)!r}, 'w'), os.kill(os.getpid(), 9))"
    launcher("    split = arguments", f"    {once}\n    split = arguments")

    assert chosen().name == FULL
    assert mark.exists()


def test_a_test_that_takes_too_long_chooses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "SECONDS", 0.001)

    with pytest.raises(ConfigurationError, match=r"could not be tested.*did not end"):
        chosen()


def test_a_test_that_cannot_be_started_chooses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = subprocess.run

    def run(command: list[str], **more: object) -> object:
        if str(LAUNCHER) in command:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return usual(command, **more)  # type: ignore[call-overload]  # as we got it

    monkeypatch.setattr(subprocess, "run", run)

    with pytest.raises(ConfigurationError, match=r"could not be tested.*temporarily unavailable"):
        chosen()


def test_an_ffmpeg_that_fails_by_itself_proves_nothing_about_the_confinement(
    tmp_path: Path,
) -> None:
    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho 'no libraries' >&2\nexit 127\n")
    broken.chmod(0o755)
    binaries = replace(ffmpeg.locate(Settings()), ffmpeg=broken)

    with pytest.raises(ConfigurationError, match=r"could not be tested.*without it, too"):
        sandboxes.choose_sandbox(Settings(), binaries)


def test_an_unknown_machine_does_not_claim_a_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")

    assert chosen().name == "landlock"
    with pytest.raises(ConfigurationError, match="only landlock works here"):
        chosen(sandbox="required")


def test_a_slot_uses_the_confinement_of_its_supervisor_or_does_not_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ffmpeg.make_runtime(settings, sandbox="seccomp").sandbox.name == "seccomp"

    monkeypatch.setattr(platform, "machine", lambda: "riscv64")

    with pytest.raises(ConfigurationError, match="cannot be installed on this machine"):
        ffmpeg.make_runtime(settings, sandbox=FULL)


def test_a_slot_does_not_test_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "SECONDS", 0.001)

    assert ffmpeg.make_runtime(settings, sandbox=FULL).sandbox.name == FULL


def test_a_confinement_that_cannot_be_installed_starts_no_program(
    launcher: Launcher, tmp_path: Path
) -> None:
    usual = chosen()
    launcher("    abi = landlock_abi()\n", "    abi = 0\n")
    (tmp_path / "out").mkdir()
    command = usual.command(usual_program(), ["-version"], cwd=tmp_path, writable="out")

    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout) == (selftest.FAILED, "")
    assert "could not confine FFmpeg: Landlock" in ran.stderr


def usual_program() -> Path:
    return ffmpeg.locate(Settings()).ffmpeg


def test_the_filter_can_log_the_calls_that_no_tested_ffmpeg_makes() -> None:
    plain = seccomp.program("x86_64")
    logging_one = seccomp.program("x86_64", log_unlisted=True)

    assert plain is not None and logging_one is not None
    assert plain.endswith((0x7FFF0000).to_bytes(4, "little"))
    assert logging_one.endswith((0x7FFC0000).to_bytes(4, "little"))
    assert seccomp.program("riscv64") is None


def test_ffmpeg_works_while_the_kernel_logs(tmp_path: Path) -> None:
    sandbox = replace(chosen(), log_unlisted=True)
    (tmp_path / "out").mkdir()
    sound = ["-v", "error", "-f", "lavfi", "-i", "anullsrc", "-t", "0.1", "out/a.wav"]
    command = sandbox.command(usual_program(), sound, cwd=tmp_path, writable="out")

    subprocess.run(command, cwd=tmp_path, check=True, stdin=subprocess.DEVNULL)

    assert (tmp_path / "out" / "a.wav").stat().st_size > 1000
