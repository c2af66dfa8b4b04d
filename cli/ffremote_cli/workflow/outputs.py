"""Output paths: from a file name, a directory, or a template such as `out/{stem}.mp4`."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..client.sequence.notation import pattern_at
from ..errors import LocalFileProblem, Misused
from ..file_names import LONGEST, server_label
from .inputs import ENDINGS

_FIELD = re.compile(r"\{\w+\}")
FIELDS = ("stem", "name", "ext", "parent", "preset")

_STILLS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})


def targets_of(
    paths: Sequence[Path],
    output: str | None,
    job: Mapping[str, Any],
    container_of_preset: Callable[[str], str | None],
) -> list[Path]:
    """Return a target for each input, in order; raise LocalFileProblem if a name is too long."""
    targets = [_target(path, output, job, container_of_preset) for path in paths]
    for target in targets:
        _require_name(target)
    return targets


def target_without_input(output: str | None, job: Mapping[str, Any]) -> Path:
    """Return the target of a job without inputs; raise Misused if nothing names it."""
    if is_template(output):
        raise Misused(f"-o {output}: a template needs an input, and none is given")
    name = job.get("output_filename")
    if names_files(output):
        target = Path(output or "")
    elif isinstance(name, str):
        target = Path(output or "") / Path(name).name
    else:
        raise Misused("without an input the result has no name: use -o NAME")
    _require_name(target)
    return target


def refuse_collisions(paths: Sequence[Path | None], targets: Sequence[Path]) -> None:
    """Raise Misused if two inputs have the same target."""
    first: dict[Path, Path | None] = {}
    for path, target in zip(paths, targets, strict=True):
        if target in first:
            raise Misused(
                f"{first[target]} and {path} have the same output {target}",
                hint="use a template: -o 'out/{stem}.mp4', or {parent} for the directory's name",
            )
        first[target] = path


def job_for(target: Path, job: Mapping[str, Any], *, is_typed: bool) -> dict[str, Any]:
    """Return the job for `target`: with its file name for the server, and its container.

    A typed extension (`-o x.mkv`) overrides the container of a preset; `--container` overrides
    both.
    """
    complete = {**job, "output_filename": server_label(target.name)}
    extension = target.suffix.lower()
    from_preset = bool(job.get("preset")) and not job.get("container")
    if is_typed and from_preset and extension in ENDINGS | _STILLS:
        complete["container"] = extension.removeprefix(".")
    return complete


def is_folder(output: str | None) -> bool:
    """Whether the output is an existing directory, or a name that ends with a slash."""
    try:
        return output is not None and (output.endswith(os.sep) or Path(output).is_dir())
    except OSError:  # a name that is too long: reported where it is used as a file
        return False


def names_files(output: str | None) -> bool:
    """Whether the output gives the names of the files, including their extension."""
    return output is not None and (is_template(output) or not is_folder(output))


def require_folder(output: str | None, *, count: int) -> None:
    """Raise Misused if `count` results cannot all be written to the value of `-o`."""
    if output is not None and count > 1 and not is_folder(output):
        raise Misused(f"{count} results need a directory", hint=f"-o {output}/ creates it")


def result_path(output: str | None, name: str) -> Path:
    """Return the path of a result called `name`, which an output that is a file overrides."""
    if output is not None and not is_folder(output):
        return Path(output)
    return Path(output or "") / name


def prepare_target(target: Path) -> None:
    """Create the target's directory; raise LocalFileProblem if the file cannot be written."""
    _require_name(target)
    folder = target.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        reason = "a file has that name" if isinstance(exc, FileExistsError) else exc.strerror
        raise LocalFileProblem(f"the directory {folder} cannot be created: {reason}") from exc
    if target.is_dir():
        raise LocalFileProblem(f"{target} is a directory", hint=f"-o {target}/ writes into it")
    if not os.access(folder, os.W_OK):
        raise LocalFileProblem(f"the directory {folder} cannot be written to")


def _require_name(target: Path) -> None:
    if len(os.fsencode(target.name)) > LONGEST:
        raise LocalFileProblem(f"the file name {target.name[:40]}… is longer than {LONGEST} bytes")


def is_template(output: str | None) -> bool:
    """Whether the output is a template, with fields such as `{stem}`."""
    return output is not None and "{" in output


def _target(
    path: Path,
    output: str | None,
    job: Mapping[str, Any],
    container_of_preset: Callable[[str], str | None],
) -> Path:
    output = filled_template(output, path, job)
    if names_files(output):
        return Path(output or "")
    return Path(output or "") / default_name(path, job, container_of_preset)


def filled_template(output: str | None, path: Path | None, job: Mapping[str, Any]) -> str | None:
    """Return the output with the fields of a template filled in for an input."""
    if output is None or path is None or not is_template(output):
        return output
    return _filled(output, path, job)


def _filled(template: str, path: Path, job: Mapping[str, Any]) -> str:
    if not {"{stem}", "{name}"}.isdisjoint(_FIELD.findall(template)):
        _require_file(path)
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
        raise Misused(f"-o {template}: unknown field {exc}", hint=f"fields are {known}") from exc


def default_name(
    path: Path, job: Mapping[str, Any], container_of_preset: Callable[[str], str | None]
) -> str:
    """Return the name of a result for which at most a directory was given."""
    if isinstance(job.get("output_filename"), str):
        return Path(job["output_filename"]).name
    container = job.get("container")
    if container is None and isinstance(job.get("preset"), str):
        container = container_of_preset(job["preset"])
    if not isinstance(container, str):
        raise Misused("the output format is missing: use -o NAME, or --container mp4")
    _require_file(path)
    return f"{path.stem}.{container}"


def _require_file(path: Path) -> None:
    """Raise Misused for a pattern of pictures: a result has no name from it."""
    if pattern_at(path) is not None:
        raise Misused(
            f"{path} is a pattern, which gives the output no name", hint="name it: -o out.mp4"
        )
