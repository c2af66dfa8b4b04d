"""`ffremote capabilities`: show what the server's FFmpeg can do."""

from collections.abc import Iterable, Mapping
from typing import Any

import click

from ...errors import Misused
from ...formatting import ffmpeg_versions, human_bytes, in_columns, plain, print_json
from ...settings.session import connected, current_settings
from ...settings.shared_options import SharedCommand

_WIDTH = 78
_SHOWN = ("ffmpeg_version", "ffprobe_version", "encoders", "containers", "limits")


@click.command(
    cls=SharedCommand,
    name="capabilities",
    examples=("ffremote capabilities", "ffremote capabilities filters"),
)
@click.argument("section", required=False)
def command(section: str | None) -> None:
    """Show the encoders, containers and limits of the server, or one SECTION of its capabilities.

    Without SECTION, the last lines of the output name all sections.
    """
    with connected() as client:
        capabilities = client.capabilities()
    if section is not None and section not in capabilities:
        raise Misused(
            f"unknown section {section!r}", hint=f"the sections are {', '.join(capabilities)}"
        )
    if current_settings().json:
        print_json(capabilities if section is None else capabilities[section])
    elif section is not None:
        click.echo(_section(section, capabilities[section]))
    else:
        click.echo(_overview(capabilities))


def _overview(capabilities: Mapping[str, Any]) -> str:
    parts = [ffmpeg_versions(capabilities)]
    for kind in ("video", "audio", "subtitle"):
        names = [each["name"] for each in capabilities["encoders"] if each["kind"] == kind]
        if names:
            parts.append(f"\n{kind} encoders\n{_wrapped(names)}")
    parts.append(f"\ncontainers\n{_wrapped(map(str, capabilities['containers']))}")
    parts.append(f"\nlimits\n{_indented(_limits(capabilities['limits']))}")
    sections = [name for name in capabilities if name not in _SHOWN and capabilities[name]]
    parts.append("\nmore sections, each shown by `ffremote capabilities SECTION`")
    parts.append(_wrapped(sections))
    return "\n".join(parts)


def _limits(limits: Mapping[str, Any]) -> list[str]:
    return [f"{_words(key)}: {_amount(key, value)}" for key, value in limits.items()]


def _words(key: str) -> str:
    """Return the words of a key without its unit: `max upload` for `max_upload_bytes`."""
    for unit in ("_bytes", "_hours", "_seconds"):
        key = key.removesuffix(unit)
    return key.replace("_", " ")


def _amount(key: str, value: Any) -> str:
    if value is None:
        return "no limit"
    if key.endswith("_bytes"):
        return human_bytes(value)
    units = (("_hours", " h"), ("_seconds", " s"))
    unit = next((short for suffix, short in units if key.endswith(suffix)), "")
    return f"{value:,}{unit}" if isinstance(value, int) else f"{_plain(value)}{unit}"


def _section(name: str, value: Any) -> str:
    if name == "limits":
        return "\n".join(_limits(value))
    if isinstance(value, Mapping):
        return in_columns(sorted((str(key), _plain(inner)) for key, inner in value.items()))
    if isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        return in_columns([tuple(_plain(inner) for inner in each.values()) for each in value])
    return "\n".join(map(_plain, value)) if isinstance(value, list) else _plain(value)


def _plain(value: Any) -> str:
    """Return any JSON value as words."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    return plain(str(value))


def _wrapped(words: Iterable[str]) -> str:
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > _WIDTH:
            lines.append("")
        lines[-1] += f"{word} "
    return _indented(lines)


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(f"  {line.rstrip()}" for line in lines)
