"""`ffremote capabilities`: what the server's FFmpeg can do."""

from collections.abc import Iterable, Mapping
from typing import Any

import click

from ..display import ffmpeg_versions, human_bytes, print_json
from ..errors import Misused
from ..options import SharedCommand
from ..session import connected, current_settings

_WIDTH = 96


@click.command(
    cls=SharedCommand,
    name="capabilities",
    examples=("ffremote capabilities", "ffremote capabilities filters"),
)
@click.argument("section", required=False)
def command(section: str | None) -> None:
    """Show encoders, containers and limits of the server, or one SECTION of what it can do."""
    with connected() as client:
        said = client.capabilities()
    if section is not None and section not in said:
        raise Misused(f"there is no section {section!r}", hint=f"there are {', '.join(said)}")
    if current_settings().json:
        print_json(said if section is None else said[section])
    elif section is not None:
        click.echo("\n".join(_lines(said[section])))
    else:
        click.echo(_overview(said))


def _overview(said: Mapping[str, Any]) -> str:
    parts = [ffmpeg_versions(said)]
    for kind in ("video", "audio", "subtitle"):
        names = [each["name"] for each in said["encoders"] if each["kind"] == kind]
        parts.append(f"\n{kind} encoders\n{_wrapped(names)}")
    parts.append(f"\ncontainers\n{_wrapped(map(str, said['containers']))}")
    parts.append(f"\nlimits\n{_indented(_limits(said['limits']))}")
    parts.append("\nmore: ffremote capabilities decoders|filters|options|pixel_formats|presets")
    return "\n".join(parts)


def _limits(limits: Mapping[str, Any]) -> list[str]:
    return [
        f"{key} {human_bytes(value) if key.endswith('_bytes') and value else value}"
        for key, value in limits.items()
    ]


def _lines(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        return [f"{key} {inner}" for key, inner in value.items()]
    if isinstance(value, list):
        return [str(each["name"]) if isinstance(each, Mapping) else str(each) for each in value]
    return [str(value)]


def _wrapped(words: Iterable[str]) -> str:
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > _WIDTH:
            lines.append("")
        lines[-1] += f"{word} "
    return _indented(lines)


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(f"  {line.rstrip()}" for line in lines)
