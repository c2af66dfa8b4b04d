"""Which encoders work here, found out by encoding with them.

A list of encoders says what was compiled in; hardware may be missing, or a driver. FFmpeg encodes
for many at once, so working ones are tried in batches, and one by one where a batch fails.
"""

import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..binaries import Binaries
from ..model.capabilities import Capabilities
from ..model.devices import is_hardware, nodes
from ..process.stderr import Messages
from ..sandbox.sandbox import Sandbox

BATCH = 24
SECONDS = 60
TRIES = 2  # who was killed, or had no time on a busy machine, has shown nothing yet
_KILLED = (-signal.SIGKILL, -signal.SIGTERM)
# what an encoder insists on; all others take 352x288 and 48 kHz stereo
_PICTURES = {
    "dvvideo": ("-s", "720x576", "-pix_fmt", "yuv420p"),
    "dnxhd": ("-profile:v", "dnxhr_lb"),
    "snow": ("-strict", "-2"),
    "ljpeg": ("-pix_fmt", "yuvj420p"),
}
_SOUNDS = {
    "adpcm_swf": ("-ar", "44100"),
    "g722": ("-ar", "16000", "-ac", "1"),
    "g726": ("-ar", "8000", "-ac", "1"),
    "libgsm": ("-ar", "8000", "-ac", "1"),
    "libopencore_amrnb": ("-ar", "8000", "-ac", "1"),
    "libvo_amrwbenc": ("-ar", "16000", "-ac", "1"),
    "libspeex": ("-ar", "16000", "-ac", "1"),
    **dict.fromkeys(("dca", "mlp", "truehd", "vorbis", "opus", "s302m"), ("-strict", "-2")),
}


def try_encoders(
    binaries: Binaries, listed: Capabilities, sandbox: Sandbox | None = None
) -> Capabilities:
    """Return `listed` with its `broken` encoders found by trying; takes seconds.

    They are tried in `sandbox`, as jobs will run: a device that jobs cannot reach is no promise.
    Subtitle encoders are taken at their word: nothing but code is in them.
    """
    broken: dict[str, str] = {}
    plain = [name for name in listed.encoders if _kind(listed, name) and not is_hardware(name)]
    singly = [name for name in listed.encoders if _kind(listed, name) and is_hardware(name)]
    for start in range(0, len(plain), BATCH):
        batch = plain[start : start + BATCH]
        if _fault(binaries, listed, batch, sandbox) is not None:
            singly += batch
    for name in singly:
        fault = _fault(binaries, listed, [name], sandbox)
        if fault is not None:
            broken[name] = fault + _without_devices(name, sandbox)
    return replace(listed, broken=broken, tried=True)


def _without_devices(name: str, sandbox: Sandbox | None) -> str:
    """What an operator can do about hardware that is not reached."""
    if not is_hardware(name) or sandbox is None or nodes(sandbox.limits.devices):
        return ""
    return "; the worker admits no device (FFREMOTE_DEVICES)"


def _kind(listed: Capabilities, name: str) -> str:
    """`v`, `a`, or nothing for what is not tried."""
    kind = listed.encoders[name].kind.lower()
    return kind if kind in "va" and name != "wrapped_avframe" else ""


def _fault(
    binaries: Binaries,
    listed: Capabilities,
    encoders: Sequence[str],
    sandbox: Sandbox | None,
) -> str | None:
    """Encode two pictures or a little sound with each; return FFmpeg's first complaint, or None."""
    for _ in range(TRIES):
        devices = any(map(is_hardware, encoders))
        ran = _encode(binaries, _arguments(listed, encoders), sandbox, devices=devices)
        if ran is not None and ran.returncode not in _KILLED:
            break
    if ran is None:
        return "it takes too long"
    if ran.returncode == 0:
        return None
    messages = Messages()
    for line in ran.stderr.splitlines():
        messages.add(line)
    first = messages.errors[0].rpartition("] ")[2] if messages.errors else ""
    return first or f"FFmpeg ends with {ran.returncode}"


def _encode(
    binaries: Binaries, argv: Sequence[str], sandbox: Sandbox | None, *, devices: bool
) -> subprocess.CompletedProcess[bytes] | None:
    """Run FFmpeg in a directory that goes with it; None when it does not end in time."""
    with tempfile.TemporaryDirectory(prefix="ffremote-trial-") as room:
        command = [str(binaries.ffmpeg), *argv]
        environ = None
        if sandbox is not None:
            command = sandbox.command(
                binaries.ffmpeg, argv, cwd=Path(room), writable=None, devices=devices
            )
            environ = sandbox.environ(".")
        try:
            return subprocess.run(
                command,
                cwd=room,
                env=environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None


def _arguments(listed: Capabilities, encoders: Sequence[str]) -> list[str]:
    argv = [
        *("-hide_banner", "-nostdin", "-v", "level+error", "-threads", "1"),
        *("-f", "lavfi", "-i", "color=s=352x288:r=25:d=0.08"),
        *("-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo:d=0.2"),
    ]
    for name in encoders:
        if _kind(listed, name) == "v":
            argv += ["-map", "0:v", "-c:v", name, *_PICTURES.get(name, ())]
        else:
            argv += ["-map", "1:a", "-c:a", name, *_SOUNDS.get(name, ())]
        argv += ["-threads", "1", "-f", "null", "-"]
    return argv
