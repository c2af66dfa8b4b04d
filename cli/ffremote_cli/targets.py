"""Where each result goes: a file, a directory, or a template such as `out/{stem}.mp4`."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .errors import LocalFileProblem, Misused

FIELDS = ("stem", "name", "ext", "parent", "preset")


def targets_of(
    films: Sequence[Path],
    output: str | None,
    job: Mapping[str, Any],
    container_of_preset: Callable[[str], str | None],
) -> list[Path]:
    """A target for each film; raises Misused when two films would get the same one."""
    targets = [_target(film, output, job, container_of_preset) for film in films]
    for place, target in enumerate(targets):
        if target in targets[:place]:
            first = films[targets.index(target)]
            raise Misused(
                f"{first} and {films[place]} would both become {target}",
                hint="-o takes a template: -o 'out/{stem}.mp4', with {parent} for the directory",
            )
    return targets


def make_room(target: Path, *, make: bool) -> None:
    """See that the target's directory is there; one that a template names is made."""
    try:
        if make:
            target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise LocalFileProblem(f"{target.parent} cannot be made: {exc.strerror}") from exc
    if not target.parent.is_dir():
        raise LocalFileProblem(f"there is no directory {target.parent}")


def is_template(output: str | None) -> bool:
    """Whether the output differs from film to film."""
    return output is not None and "{" in output


def _target(
    film: Path,
    output: str | None,
    job: Mapping[str, Any],
    container_of_preset: Callable[[str], str | None],
) -> Path:
    if output is not None and is_template(output):
        return Path(_filled(output, film, job))
    if output is not None and not (Path(output).is_dir() or output.endswith(os.sep)):
        return Path(output)
    return Path(output or "") / own_name(film, job, container_of_preset)


def _filled(template: str, film: Path, job: Mapping[str, Any]) -> str:
    fields = {
        "stem": film.stem,
        "name": film.name,
        "ext": film.suffix.removeprefix("."),
        "parent": film.parent.name or ".",
        "preset": str(job.get("preset") or "no-preset"),
    }
    try:
        return template.format_map(fields)
    except (KeyError, ValueError, IndexError, AttributeError) as exc:
        known = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise Misused(f"-o {template}: {exc} is no field", hint=f"there are {known}") from exc


def own_name(
    film: Path, job: Mapping[str, Any], container_of_preset: Callable[[str], str | None]
) -> str:
    """The name of a result when the person named at most a directory."""
    if isinstance(job.get("output_filename"), str):
        return Path(job["output_filename"]).name
    container = job.get("container")
    if container is None and isinstance(job.get("preset"), str):
        container = container_of_preset(job["preset"])
    if not isinstance(container, str):
        raise Misused("what will the result be? Name it with -o, or say --container mp4")
    return f"{film.stem}.{container}"
