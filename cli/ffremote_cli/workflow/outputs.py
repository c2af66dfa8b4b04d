"""Where each result goes: a file, a directory, or a template such as `out/{stem}.mp4`."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import LocalFileProblem, Misused
from ..file_names import LONGEST, server_label
from .inputs import ENDINGS

FIELDS = ("stem", "name", "ext", "parent", "preset")

_STILLS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})


def targets_of(
    paths: Sequence[Path],
    output: str | None,
    job: Mapping[str, Any],
    container_of_preset: Callable[[str], str | None],
) -> list[Path]:
    """A target for each film, in their order; raises for a name that no file can have."""
    targets = [_target(path, output, job, container_of_preset) for path in paths]
    for target in targets:
        _require_name(target)
    return targets


def refuse_collisions(paths: Sequence[Path], targets: Sequence[Path]) -> None:
    """Raise Misused when two films would get the same target."""
    first: dict[Path, Path] = {}
    for path, target in zip(paths, targets, strict=True):
        if target in first:
            raise Misused(
                f"{first[target]} and {path} would both become {target}",
                hint="-o takes a template: -o 'out/{stem}.mp4', with {parent} for the directory",
            )
        first[target] = path


def job_for(target: Path, job: Mapping[str, Any], *, is_typed: bool) -> dict[str, Any]:
    """The job that makes `target`: with a label for the server, and the container of its name.

    An extension that was typed (`-o x.mkv`) wins over the container of a preset; `--container`
    wins over both.
    """
    whole = {**job, "output_filename": server_label(target.name)}
    extension = target.suffix.lower()
    from_preset = bool(job.get("preset")) and not job.get("container")
    if is_typed and from_preset and extension in ENDINGS | _STILLS:
        whole["container"] = extension.removeprefix(".")
    return whole


def is_folder(output: str | None) -> bool:
    """Whether the output is a directory: one that exists, or a name that ends with a slash."""
    try:
        return output is not None and (output.endswith(os.sep) or Path(output).is_dir())
    except OSError:  # a name that is too long, which is told where it is looked at as a file
        return False


def names_files(output: str | None) -> bool:
    """Whether the output says the results' own names, extension included."""
    return output is not None and (is_template(output) or not is_folder(output))


def result_path(output: str | None, name: str) -> Path:
    """Where a result goes whose own name is `name`."""
    if output is not None and not is_folder(output):
        return Path(output)
    return Path(output or "") / name


def prepare_target(target: Path) -> None:
    """See that a file of this name can be written: make its directory, or say why not."""
    _require_name(target)
    folder = target.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        reason = "a file is in the way" if isinstance(exc, FileExistsError) else exc.strerror
        raise LocalFileProblem(f"the directory {folder} cannot be made: {reason}") from exc
    if target.is_dir():
        raise LocalFileProblem(f"{target} is a directory", hint=f"-o {target}/ writes into it")
    if not os.access(folder, os.W_OK):
        raise LocalFileProblem(f"the directory {folder} cannot be written to")


def _require_name(target: Path) -> None:
    if len(os.fsencode(target.name)) > LONGEST:
        raise LocalFileProblem(
            f"the name {target.name[:40]}… is too long for a file: {LONGEST} bytes are the most"
        )


def is_template(output: str | None) -> bool:
    """Whether the output differs from film to film."""
    return output is not None and "{" in output


def _target(
    path: Path,
    output: str | None,
    job: Mapping[str, Any],
    container_of_preset: Callable[[str], str | None],
) -> Path:
    if output is not None and is_template(output):
        output = _filled(output, path, job)
    if names_files(output):
        return Path(output or "")
    return Path(output or "") / default_name(path, job, container_of_preset)


def _filled(template: str, path: Path, job: Mapping[str, Any]) -> str:
    fields = {
        "stem": path.stem,
        "name": path.name,
        "ext": path.suffix.removeprefix("."),
        "parent": path.parent.name or ".",
        "preset": str(job.get("preset") or "no-preset"),
    }
    try:
        return template.format_map(fields)
    except (KeyError, ValueError, IndexError, AttributeError) as exc:
        known = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise Misused(f"-o {template}: unknown field {exc}", hint=f"there are {known}") from exc


def default_name(
    path: Path, job: Mapping[str, Any], container_of_preset: Callable[[str], str | None]
) -> str:
    """The name of a result when the person named at most a directory."""
    if isinstance(job.get("output_filename"), str):
        return Path(job["output_filename"]).name
    container = job.get("container")
    if container is None and isinstance(job.get("preset"), str):
        container = container_of_preset(job["preset"])
    if not isinstance(container, str):
        raise Misused("what will the result be? Name it with -o, or say --container mp4")
    return f"{path.stem}.{container}"
