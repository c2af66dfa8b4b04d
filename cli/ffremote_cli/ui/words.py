"""What bars and tables say of a job, in few columns."""

from tqdm import tqdm

from ..client.models import Status
from ..formatting import columns_of, one_line


def pace_of(status: Status) -> str:
    """Return fps, speed and time left, such as `48 fps 1.9x ETA 0:12`, as far as known."""
    words = []
    if status.fps:
        words.append(f"{status.fps:.0f} fps")
    if status.speed:
        words.append(f"{status.speed:.3g}x")
    if status.eta_seconds is not None and not status.is_final:
        words.append(f"ETA {tqdm.format_interval(round(status.eta_seconds))}")
    if status.attempt and status.attempt > 1:
        words.append(f"attempt {status.attempt}")
    return " ".join(words)


def shortened(name: str, width: int) -> str:
    """Return the name in at most `width` columns, with its middle cut out."""
    if columns_of(name) <= width:
        return name
    head, tail = name, name
    while columns_of(head) > width // 2 - 1:
        head = head[:-1]
    while columns_of(tail) > width // 2:
        tail = tail[1:]
    return f"{head}…{tail}"


def queue_text(status: Status) -> str:
    if status.message:
        text = one_line(status.message).rstrip(".").replace("{", "{{").replace("}", "}}")
        return text[:1].lower() + text[1:]
    if status.queue_position is None:
        return "waiting"
    if status.queue_position == 1:
        return "next in the queue"
    return f"{status.queue_position - 1} ahead in the queue"
