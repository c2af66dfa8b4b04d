"""All about one job, as text for the terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..client.models import Status
from ..formatting import human_bytes, human_seconds, one_line, plain
from .colours import in_colour
from .jobs_table import local_time, state_of
from .media_table import details_of
from .words import pace_of

_WIDTH = 10

Line = tuple[str, str]
"""A label, empty for a further line of the same, and its text."""


def job_page(job: Mapping[str, Any]) -> str:
    """Return what the server knows of a job: a line for each fact, with its name before it."""
    status = Status.from_json(job)
    parts = (
        _state(job, status),
        _times(job),
        _attempts(job),
        _job(job),
        _inputs(job),
        _result(job),
        _texts("warning", job.get("warnings") or ()),
        _error(job),
        _texts("command", [job["command"]] if job.get("command") else ()),
    )
    return "\n".join(
        f"{label:{_WIDTH}}{text}".rstrip() for lines in parts for label, text in lines if text
    )


def _state(job: Mapping[str, Any], status: Status) -> Iterator[Line]:
    yield "job", one_line(status.job_id)
    words = [in_colour(one_line(state_of(status)))]
    if status.state == "running":
        words += [status.phase or "", pace_of(status)]
    yield "state", " ".join(filter(None, words))
    if status.state == "queued" and status.message:
        yield "", one_line(status.message)
    if job.get("expired_at"):
        yield "", f"its files were removed at {local_time(job['expired_at'])}"


def _times(job: Mapping[str, Any]) -> Iterator[Line]:
    timings = job.get("timings") or {}
    words = [local_time(job.get("created_at"))]
    for key, verb in (("queued_seconds", "waited"), ("running_seconds", "ran")):
        if timings.get(key) is not None:
            words.append(f"{verb} {human_seconds(timings[key])}")
    length, ran = (job.get("result") or {}).get("duration"), timings.get("running_seconds")
    if length and ran and length >= 1:
        words.append(f"{length / ran:.3g}x realtime")
    yield "created", ", ".join(filter(None, words))


def _attempts(job: Mapping[str, Any]) -> Iterator[Line]:
    if not job.get("attempt"):
        return
    words = [str(job["attempt"])]
    if job.get("worker_id"):
        host = f" on {one_line(str(job['worker_host']))}" if job.get("worker_host") else ""
        words.append(f"the last one by worker {str(job['worker_id'])[:8]}{host}")
    if job.get("losses"):
        words.append(f"{job['losses']} lost with their worker")
    yield "attempts", ", ".join(words)


def _job(job: Mapping[str, Any]) -> Iterator[Line]:
    spec = job.get("job") or {}
    yield "preset", one_line(str(spec.get("preset") or ""))
    labels = spec.get("labels") or {}
    yield "labels", one_line(", ".join(f"{key}={value}" for key, value in labels.items()))
    if job.get("priority"):
        yield "priority", str(job["priority"])


def _inputs(job: Mapping[str, Any]) -> Iterator[Line]:
    inputs = job["inputs"] if "inputs" in job else [job.get("input") or {}]
    for number, each in enumerate(filter(None, inputs), start=1):
        label = "input" if len(inputs) == 1 else f"input {number}"
        yield label, _file(each)
        yield from (("", line) for line in _streams(each))


def _result(job: Mapping[str, Any]) -> Iterator[Line]:
    result = job.get("result")
    if not result:
        return
    yield "result", _file(result)
    yield "", _saving(job)
    yield from (("", line) for line in _streams(result))
    if files := result.get("files"):
        yield "", f"{len(files)} files; `ffremote files {job['job_id']}` lists them"
    elif result.get("sha256"):
        yield "sha256", one_line(str(result["sha256"]))


def _saving(job: Mapping[str, Any]) -> str:
    """Return how the size changed; nothing without inputs."""
    inputs = job["inputs"] if "inputs" in job else [job.get("input") or {}]
    before = sum({each.get("upload_id"): each.get("bytes") or 0 for each in inputs}.values())
    after = (job["result"] or {}).get("bytes")
    if not before or after is None:
        return ""
    share = f"{100 * after / before:.0f} % of the input"
    if after <= before:
        return f"{share}, {human_bytes(before - after)} saved"
    return f"{share}, {human_bytes(after - before)} more"


def _file(facts: Mapping[str, Any]) -> str:
    length = facts.get("duration")
    words = [
        str(facts.get("filename") or facts.get("upload_id") or ""),
        str(facts.get("format") or "").partition(",")[0],
        human_bytes(facts.get("bytes")),
        human_seconds(length) if length else "",
    ]
    return one_line(", ".join(filter(None, words)))


def _streams(facts: Mapping[str, Any]) -> Iterator[str]:
    for stream in facts.get("streams") or ():
        words = [str(stream.get("codec")), *details_of(stream)]
        if stream.get("language"):
            words.append(str(stream["language"]))
        yield one_line(f"{stream.get('kind')} {', '.join(words)}")


def _error(job: Mapping[str, Any]) -> Iterator[Line]:
    error = job.get("error")
    if not error:
        return
    details = error.get("details") or {}
    yield "error", one_line(str(error.get("message")))
    yield "", one_line(str(details.get("hint") or ""))
    tail = details.get("stderr_tail") or ()
    yield from _texts("ffmpeg", tail.splitlines() if isinstance(tail, str) else tail)


def _texts(label: str, texts: Any) -> Iterator[Line]:
    for number, text in enumerate(texts):
        yield "" if number else label, one_line(plain(str(text)))
