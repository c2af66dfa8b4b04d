"""Large documents of the server: dictionaries of its JSON, with typed properties.

A newer server may send more keys; those are in the dictionary.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .models import FINAL_STATES


class MediaFile(dict[str, Any]):
    """An input or the result of a job, with what the server found in it."""

    @property
    def filename(self) -> str | None:
        """The name of the file."""
        return _text(self.get("filename"))

    @property
    def bytes(self) -> int | None:
        """The size."""
        return self.get("bytes")

    @property
    def sha256(self) -> str | None:
        """The checksum, in hexadecimal."""
        return _text(self.get("sha256"))

    @property
    def duration(self) -> float | None:
        """Seconds; None for what has no length."""
        return self.get("duration")

    @property
    def streams(self) -> Sequence[Mapping[str, Any]]:
        """The streams, each with `kind` and `codec`; empty before the file was probed."""
        return self.get("streams") or ()


class Job(dict[str, Any]):
    """A job with everything that the server knows of it."""

    @property
    def job_id(self) -> str:
        """The id."""
        return str(self["job_id"])

    @property
    def state(self) -> str:
        """`queued`, `running`, `completed`, `failed` or `canceled`."""
        return str(self["state"])

    @property
    def is_final(self) -> bool:
        """Whether the state can no longer change."""
        return self.state in FINAL_STATES

    @property
    def spec(self) -> Mapping[str, Any]:
        """The job JSON, complete with the values of its preset."""
        return self.get("job") or {}

    @property
    def command(self) -> str | None:
        """The command line of FFmpeg, once it is known."""
        return _text(self.get("command"))

    @property
    def warnings(self) -> Sequence[str]:
        """Sentences about what differs from what one might expect."""
        return self.get("warnings") or ()

    @property
    def inputs(self) -> Sequence[MediaFile]:
        """The inputs in their order; none if the job makes everything from sources."""
        found = self["inputs"] if "inputs" in self else [self.get("input")]
        return [MediaFile(each) for each in found if each]

    @property
    def result(self) -> MediaFile | None:
        """What the job made; None unless it is completed, and for a report."""
        found = self.get("result")
        return MediaFile(found) if found else None

    @property
    def error(self) -> Mapping[str, Any] | None:
        """Why the job failed: `code`, `message`, `details`."""
        return self.get("error")

    @property
    def measurements(self) -> Mapping[str, Any]:
        """What FFmpeg measured, by kind."""
        return self.get("measurements") or {}

    @property
    def running_seconds(self) -> float | None:
        """How long the job ran, once it has ended."""
        return (self.get("timings") or {}).get("running_seconds")


class Capabilities(dict[str, Any]):
    """What the FFmpeg of the server can do, and the limits of the server."""

    @property
    def ffmpeg_version(self) -> str:
        """The version of FFmpeg."""
        return str(self["ffmpeg_version"])

    @property
    def containers(self) -> Sequence[str]:
        """The containers that a job may name."""
        return self.get("containers") or ()

    @property
    def presets(self) -> Sequence[str]:
        """The presets that a job may name."""
        return self.get("presets") or ()

    @property
    def limits(self) -> Mapping[str, Any]:
        """The limits of the server, such as `max_upload_bytes`."""
        return self.get("limits") or {}

    def encoders(self, kind: str | None = None) -> Sequence[str]:
        """Return the names of the encoders that work: of `video`, `audio`, `subtitle`, or all."""
        found = self.get("encoders") or ()
        return [str(each["name"]) for each in found if kind in (None, each.get("kind"))]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
