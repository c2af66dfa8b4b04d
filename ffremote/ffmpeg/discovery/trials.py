"""Finds out which encoders work here, by encoding with them.

FFmpeg's list contains what was compiled in; the hardware or a driver may be missing. One FFmpeg can
run many encoders, so they are tried in batches, and one by one if a batch fails.
"""

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..binaries import Binaries
from ..model.capabilities import Capabilities
from ..model.devices import is_hardware, nodes
from ..process.stderr import Messages
from ..sandbox.bounded_run import run_bounded, was_killed
from ..sandbox.sandbox import Sandbox

BATCH = 24
SECONDS = 60
TRIES = 2  # a trial that was killed, or timed out on a busy machine, proves nothing
# options that an encoder requires; all others accept 352x288 and 48 kHz stereo
_VIDEO_OPTIONS = {
    "dvvideo": ("-s", "720x576", "-pix_fmt", "yuv420p"),
    "dnxhd": ("-profile:v", "dnxhr_lb"),
    "snow": ("-strict", "-2"),
    "ljpeg": ("-pix_fmt", "yuvj420p"),
}
_AUDIO_OPTIONS = {
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
    """Return `listed` with the encoders that fail a trial as `broken`; takes seconds.

    The trials run in `sandbox`, as jobs do: a device that jobs cannot reach must not count.
    Subtitle encoders are not tried: they depend on nothing outside FFmpeg.
    """
    broken: dict[str, str] = {}
    plain = [name for name in listed.encoders if _kind(listed, name) and not is_hardware(name)]
    singly = [name for name in listed.encoders if _kind(listed, name) and is_hardware(name)]
    for start in range(0, len(plain), BATCH):
        batch = plain[start : start + BATCH]
        if _error(binaries, listed, batch, sandbox) is not None:
            singly += batch
    for name in singly:
        error = _error(binaries, listed, [name], sandbox)
        if error is not None:
            broken[name] = error + _device_hint(name, sandbox)
    return replace(listed, broken=broken, tried=True)


def _device_hint(name: str, sandbox: Sandbox | None) -> str:
    """Return the setting that admits devices, if a hardware encoder lacks one."""
    if not is_hardware(name) or sandbox is None or nodes(sandbox.limits.devices):
        return ""
    return "; the worker admits no device (FFREMOTE_DEVICES)"


def _kind(listed: Capabilities, name: str) -> str:
    """Return `v`, `a`, or an empty string for an encoder that is not tried."""
    kind = listed.encoders[name].kind.lower()
    return kind if kind in "va" and name != "wrapped_avframe" else ""


def _error(
    binaries: Binaries,
    listed: Capabilities,
    encoders: Sequence[str],
    sandbox: Sandbox | None,
) -> str | None:
    """Encode two frames or a little audio with each; return FFmpeg's first error, or None."""
    for _ in range(TRIES):
        devices = any(map(is_hardware, encoders))
        ended = _encode(binaries, _arguments(listed, encoders), sandbox, devices=devices)
        if ended is not None and not was_killed(ended):
            break
    if ended is None:
        return "it takes too long"
    if ended.returncode == 0:
        return None
    messages = Messages()
    for line in ended.stderr.splitlines():
        messages.add(line)
    first = messages.errors[0].rpartition("] ")[2] if messages.errors else ""
    return first or f"FFmpeg exits with {ended.returncode}"


def _encode(
    binaries: Binaries, argv: Sequence[str], sandbox: Sandbox | None, *, devices: bool
) -> subprocess.CompletedProcess[bytes] | None:
    """Run FFmpeg in a temporary directory; return None if it does not end in time."""
    with tempfile.TemporaryDirectory(prefix="ffremote-trial-") as directory:
        cwd = Path(directory)
        command = [str(binaries.ffmpeg), *argv]
        environ = None
        if sandbox is not None:
            command = sandbox.command(
                binaries.ffmpeg, argv, cwd=cwd, writable=None, devices=devices
            )
            environ = sandbox.environ(".")
        try:
            return run_bounded(command, cwd=cwd, environ=environ, seconds=SECONDS)
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
            argv += ["-map", "0:v", "-c:v", name, *_VIDEO_OPTIONS.get(name, ())]
        else:
            argv += ["-map", "1:a", "-c:a", name, *_AUDIO_OPTIONS.get(name, ())]
        argv += ["-threads", "1", "-f", "null", "-"]
    return argv
