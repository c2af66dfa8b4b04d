"""The keys of whole files.

    uploads/{upload}/data             a finished upload
    uploads/{upload}/{token}.piece    less than a part of one that arrives
    jobs/{job}/{token}.result         the published output of an attempt
    jobs/{job}/{token}.files/{n}      instead of it: several outputs by their positions

A key names the claim's token, which no other attempt ever has: a key is written once. The shorter
keys of a folder, `uploads/{upload}`, `jobs/{job}` and `jobs/{job}/{token}.files`, stand for all
files below them.
"""

from collections.abc import Sized
from dataclasses import dataclass

from ffremote.ids import checked, is_id

MAX_DIGITS = 6  # of a position
ROOTS = ("uploads", "jobs")


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose file a key names: the id of the job or upload, and the token of the attempt.

    `unit` is what is removed with the file: the folder of an attempt's outputs, else the key.
    """

    id: str
    token: str | None
    unit: str


def upload(upload_id: str) -> str:
    """Return the key of a finished upload."""
    return f"{upload_folder(upload_id)}/data"


def piece(upload_id: str, token: str) -> str:
    """Return the key of bytes of an arriving upload; the token is new for each."""
    return f"{upload_folder(upload_id)}/{checked(token)}.piece"


def is_piece(key: str) -> bool:
    """Return whether a key is one of `piece`."""
    return key.endswith(".piece")


def upload_folder(upload_id: str) -> str:
    """Return the folder of an upload's key."""
    return f"uploads/{checked(upload_id)}"


def result(job_id: str, token: str) -> str:
    """Return the key of the only output of an attempt."""
    return f"{job_folder(job_id)}/{checked(token)}.result"


def files_folder(job_id: str, token: str) -> str:
    """Return the folder of the outputs of an attempt that has several."""
    return f"{job_folder(job_id)}/{checked(token)}.files"


def of_result(job_id: str, token: str, files: Sized) -> str:
    """Return the key of an attempt's only output, or the folder of the `files` of several."""
    return files_folder(job_id, token) if len(files) else result(job_id, token)


def file(folder: str, position: int) -> str:
    """Return the key of one of several outputs, whose folder is `folder`."""
    return f"{folder}/{position}"


def job_folder(job_id: str) -> str:
    """Return the folder of all keys of a job."""
    return f"jobs/{checked(job_id)}"


def owner(key: str) -> Owner | None:
    """Return whose file `key` names; None for what is not the key of a file."""
    match key.split("/"):
        case ["uploads", upload_id, "data"] if is_id(upload_id):
            return Owner(upload_id, None, key)
        case ["uploads", upload_id, name] if is_id(upload_id) and _is_of_attempt(name, "piece"):
            return Owner(upload_id, name.partition(".")[0], key)
        case ["jobs", job_id, name] if is_id(job_id) and _is_of_attempt(name, "result"):
            return Owner(job_id, name.partition(".")[0], key)
        case ["jobs", job_id, name, position] if is_id(job_id) and _is_position(position):
            if _is_of_attempt(name, "files"):
                return Owner(job_id, name.partition(".")[0], f"jobs/{job_id}/{name}")
    return None


def is_folder(folder: str) -> bool:
    """Return whether `folder` is the folder of keys of an upload, a job or an attempt."""
    match folder.split("/"):
        case ["uploads" | "jobs", identifier] if is_id(identifier):
            return True
        case ["jobs", job_id, name] if is_id(job_id) and _is_of_attempt(name, "files"):
            return True
    return False


def require_key(key: str) -> None:
    """Raise ValueError for what is not the key of a file."""
    if owner(key) is None:
        raise ValueError(f"{key!r} is not a key")


def require_folder(folder: str) -> None:
    """Raise ValueError for what is not the folder of keys."""
    if not is_folder(folder):
        raise ValueError(f"{folder!r} is not a folder of keys")


def _is_of_attempt(name: str, kind: str) -> bool:
    token, _, suffix = name.partition(".")
    return is_id(token) and suffix == kind


def _is_position(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS
