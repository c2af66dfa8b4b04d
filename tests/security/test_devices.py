"""A device that the operator admits opens for a job that uses hardware, and for nothing else.

No graphics card is needed: /dev/zero and /dev/full take the place of its nodes.
"""

import io
import json
import subprocess
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest

from ffremote import ffmpeg, spec
from ffremote.config import load_settings
from ffremote.errors import ConfigurationError, InvalidArgument
from ffremote.ffmpeg import Expected, Pass, Plan, PlannedOutput
from ffremote.ffmpeg.discovery.cache import Conditions
from ffremote.ffmpeg.discovery.trials import try_encoders
from ffremote.ffmpeg.model import devices
from ffremote.ffmpeg.sandbox.sandbox import Sandbox, for_python, python_program

pytestmark = [
    pytest.mark.security,
    pytest.mark.skipif(sys.platform != "linux", reason="devices are admitted through Landlock"),
]

TRY = """
import resource
for path in ("/dev/zero", "/dev/full", "/dev/null", "/dev/random", "/etc/passwd"):
    try:
        open(path, "rb").close()
        print(path)
    except OSError:
        pass
print(resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY)
"""


def runtime(binaries: ffmpeg.Binaries, admitted: str) -> ffmpeg.Runtime:
    environ = {
        "FFREMOTE_DEVICES": admitted,
        "FFREMOTE_FFMPEG": str(binaries.ffmpeg),
        "FFREMOTE_FFPROBE": str(binaries.ffprobe),
    }
    return ffmpeg.make_runtime(load_settings(environ), sandbox="landlock+seccomp")


def opened(sandbox: Sandbox, directory: Path, *, uses: bool) -> list[str]:
    (directory / "out").mkdir(exist_ok=True)
    prefix = sysconfig.get_config_var("installed_base")
    extended = replace(sandbox, libraries=(*sandbox.libraries, prefix))
    python = Path(sys.executable).resolve()
    command = extended.command(
        python, ["-I", "-S", "-c", TRY], cwd=directory, writable="out", devices=uses
    )
    ran = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True)
    return ran.stdout.split()


TRY_AS_A_DRIVER = """
import _socket, json, os, threading
def local(kind):
    def attempt():
        with_name = _socket.socket(1, kind)
        with_name.bind(b"\\0ffremote-test-" + str(os.getpid()).encode())
        with_name.listen(1)
    return attempt
def connected():
    _socket.socket(1, 5).connect("/tmp/nvidia-mps/control")
def named():
    with open(f"/proc/self/task/{os.getpid()}/comm", "w") as name:
        name.write("driver")
def mapped():
    open("/proc/self/maps").close()
def networked():
    _socket.socket(2, 5)
found = {}
for name, attempt in {
    "names a packet socket": local(5), "names a stream socket": local(1), "connects": connected,
    "names a thread": named, "reads its maps": mapped, "opens a network socket": networked,
}.items():
    try:
        attempt()
        found[name] = 0
    except OSError as exc:
        found[name] = exc.errno
print(json.dumps(found))
"""
CUDA_NEEDS = ("names a packet socket", "names a thread", "reads its maps")


def tried(sandbox: Sandbox, directory: Path, *, uses: bool) -> dict[str, int]:
    """Return the error number of each attempt, 0 for success."""
    python = for_python(sandbox)
    command = python.command(
        python_program(),
        ["-I", "-S", "-c", TRY_AS_A_DRIVER],
        cwd=directory,
        writable=None,
        devices=uses,
    )
    ran = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True)
    errors: dict[str, int] = json.loads(ran.stdout)
    return errors


def test_a_job_with_a_device_may_do_what_cuda_needs_and_no_more(
    binaries: ffmpeg.Binaries, tmp_path: Path
) -> None:
    errors = tried(runtime(binaries, "/dev/zero").sandbox, tmp_path, uses=True)

    assert {name for name, number in errors.items() if number == 0} == set(CUDA_NEEDS)


@pytest.mark.parametrize(("admitted", "uses"), [("/dev/zero", False), ("", True)])
def test_a_job_without_a_device_may_do_nothing_of_it(
    binaries: ffmpeg.Binaries, tmp_path: Path, admitted: str, uses: bool
) -> None:
    errors = tried(runtime(binaries, admitted).sandbox, tmp_path, uses=uses)

    assert all(errors.values()), errors


def test_the_libraries_of_a_driver_are_found_behind_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, linked = tmp_path / "nvidia" / "lib64", tmp_path / "lib"
    real.mkdir(parents=True)
    linked.mkdir()
    (real / "libcuda.so.580").touch()
    (linked / "libcuda.so.1").symlink_to(real / "libcuda.so.580")
    monkeypatch.setattr(devices, "_LIBRARY_DIRECTORIES", (str(linked),))

    assert str(real) in devices.driver_paths()


def reading_zeros(*, uses: bool) -> Plan:
    source = ("-f", "rawvideo", "-s", "16x16", "-t", "0.2", "-i", "/dev/zero")
    argv = ("-v", "level+info", "-nostdin", *source, "-f", "null", "-")
    return Plan(
        (Pass(argv, outputs=(0,)),),
        (PlannedOutput("try1/out.mkv", Expected(None, ("video",))),),
        uses_devices=uses,
    )


@pytest.mark.parametrize(
    ("admitted", "uses", "found"),
    [
        ("", False, ["/dev/null", "False"]),
        ("", True, ["/dev/null", "True"]),
        ("/dev/zero", False, ["/dev/null", "False"]),
        ("/dev/zero", True, ["/dev/zero", "/dev/null", "True"]),
        ("/dev/z*o,/dev/full", True, ["/dev/zero", "/dev/full", "/dev/null", "True"]),
        ("/dev/nvidia*,/dev/dri/renderD128", True, ["/dev/null", "True"]),
    ],
)
def test_a_node_opens_only_when_it_is_admitted_and_used(
    binaries: ffmpeg.Binaries, tmp_path: Path, admitted: str, uses: bool, found: list[str]
) -> None:
    assert opened(runtime(binaries, admitted).sandbox, tmp_path, uses=uses) == found


@pytest.mark.parametrize("uses", [True, False])
def test_ffmpeg_itself_gets_the_node_when_its_plan_uses_hardware(
    binaries: ffmpeg.Binaries, tmp_path: Path, uses: bool
) -> None:
    (tmp_path / "try1").mkdir()
    tools, log = runtime(binaries, "/dev/zero"), io.BytesIO()

    def run() -> None:
        plan = reading_zeros(uses=uses)
        ffmpeg.run(
            tools, plan, cwd=tmp_path, log=log, on_progress=lambda report: None, tick_seconds=1
        )

    if uses:
        run()
    else:
        with pytest.raises(ffmpeg.TranscodeError):
            run()
        assert b"Permission denied" in log.getvalue()


@pytest.mark.parametrize("text", ["/etc/passwd", "dev/zero", "/dev/../etc", "/dev/a,/tmp/b"])
def test_a_path_that_is_not_a_device_is_not_admitted(text: str) -> None:
    with pytest.raises(ConfigurationError, match="FFREMOTE_DEVICES"):
        load_settings({"FFREMOTE_DEVICES": text})


def test_only_devices_of_the_patterns_count() -> None:
    assert devices.nodes(["/dev/zero", "/dev/nothing*", "/dev/fd"]) == ["/dev/zero"]


def test_the_cache_of_capabilities_depends_on_the_devices(binaries: ffmpeg.Binaries) -> None:
    without, with_one = (runtime(binaries, text).sandbox for text in ("", "/dev/zero"))

    assert Conditions.of(without) != Conditions.of(with_one)
    assert Conditions.of(with_one).devices == "/dev/zero"


def able(binaries: ffmpeg.Binaries, *working: str) -> ffmpeg.Capabilities:
    found = ffmpeg.read_capabilities(binaries)
    nvenc = {"h264_nvenc": ffmpeg.Encoder("V", "h264")}
    broken = {} if working else {"h264_nvenc": "Cannot load libcuda.so.1; no device is admitted"}
    return replace(found, encoders={**found.encoders, **nvenc}, broken=broken, tried=True)


FILM = ffmpeg.MediaInfo(
    "matroska,webm", 2.0, (ffmpeg.Stream(0, "video", "h264", width=320, height=180),)
)


def planned(binaries: ffmpeg.Binaries, admitted: str, video: dict[str, str], *working: str) -> Plan:
    job = spec.build_job({"output_filename": "a.mkv", "video": video})
    limits = runtime(binaries, admitted).limits
    return ffmpeg.plan(job, [FILM], able(binaries, *working), limits, attempt="try1")


def test_a_hardware_encoder_without_a_device_is_refused_by_name_with_the_reason(
    binaries: ffmpeg.Binaries,
) -> None:
    job = spec.build_job({"output_filename": "a.mkv", "video": {"codec": "h264_nvenc"}})

    with pytest.raises(InvalidArgument, match=r"h264_nvenc.*Cannot load libcuda.*no device"):
        ffmpeg.check(job, able(binaries))


def test_a_trial_says_that_no_device_is_admitted(binaries: ffmpeg.Binaries) -> None:
    listed = ffmpeg.read_capabilities(binaries)
    hardware = [name for name in listed.encoders if name.endswith(("_nvenc", "_vaapi"))]
    if not hardware:
        pytest.skip("this FFmpeg was built without hardware encoders; tests run on the others")
    one = replace(listed, encoders={hardware[0]: listed.encoders[hardware[0]]})
    sandbox = runtime(binaries, "").sandbox

    tried = try_encoders(binaries, one, sandbox)

    assert tried.broken[hardware[0]].endswith("the worker admits no device (FFREMOTE_DEVICES)")


def test_a_job_that_encodes_by_hardware_gets_the_devices_and_others_do_not(
    binaries: ffmpeg.Binaries,
) -> None:
    by_hardware = planned(binaries, "/dev/zero", {"codec": "h264_nvenc"}, "works")
    in_software = planned(binaries, "/dev/zero", {"codec": "mpeg4"}, "works")

    assert (by_hardware.uses_devices, in_software.uses_devices) == (True, False)
    assert "-hwaccel" not in in_software.passes[0].argv


def test_a_job_that_prefers_hardware_decodes_by_hardware_if_there_is_a_device(
    binaries: ffmpeg.Binaries,
) -> None:
    wish = {"codec": "mpeg4", "hardware": "prefer"}

    there, not_there = (planned(binaries, text, wish) for text in ("/dev/zero", ""))

    argv = there.passes[-1].argv
    assert argv[argv.index("-hwaccel") + 1] == "auto"
    assert argv.index("-hwaccel") < argv.index("-i")
    assert there.uses_devices and not there.warnings
    assert "-hwaccel" not in not_there.passes[-1].argv and not not_there.uses_devices
    assert [text for text in not_there.warnings if "admits no device" in text]
