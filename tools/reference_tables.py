"""Generate the pages of the allow-lists: options, filters, encoders."""

from typing import Any

from ffremote.ffmpeg.policy.tables import names, table
from ffremote.ffmpeg.policy.value_rules import Rule


def cell(text: str) -> str:
    """Escape a text for a table cell."""
    return text.replace("|", "\\|")


def options_page() -> str:
    """Return the page of options."""
    lines = [
        "# Options in `extra_args`",
        "",
        f"{len(table('options'))} output options of FFmpeg, each with its allowed values.",
        "Other options are refused, and so is any word that is neither an option nor its value.",
        "`v`, `a`, `s` are the stream specifiers of an option (`-b:v`, `-b:a:1`). A server accepts",
        "the options that its own FFmpeg has: `GET /api/v1/capabilities`.",
        "",
        "| option | streams | value |",
        "|---|---|---|",
    ]
    for name, row in sorted(table("options").items()):
        lines.append(f"| `-{name}` | {' '.join(row['on'])} | {cell(_rule(row['rule']))} |")
    lines += ["", "## Private parameters of encoders", ""]
    for name, row in table("params").items():
        keys = ", ".join(f"`{key}`" for key in row["keys"])
        lines += [f"`-{name}-params`: {keys}", ""]
    return "\n".join(lines).rstrip() + "\n"


def filters_page() -> str:
    """Return the page of filters."""
    rows = table("filters")
    lines = [
        "# Filters that jobs may use",
        "",
        f"{len(rows)} filters with {sum(len(row['params']) for row in rows.values())} parameters.",
        "Other filters and parameters are refused: they read or write files, open sockets, never",
        "end, or have not been reviewed. Graphs with labels are allowed",
        "(`split[a][b];[a]hflip[c];[b][c]hstack`). FFmpeg gets a graph that is written from the",
        "parsed one, not the text of the job.",
        "",
        "A number may be written as FFmpeg takes it: `-18dB`, `48k`, `44100*1.1`. Expressions have",
        "no functions that loop, keep state, print or draw random numbers. `setpts` takes what has",
        "a known effect on the duration: a speed (`0.5*PTS`, `(PTS-STARTPTS)/2`), a shift of up",
        "to an hour (`PTS+5/TB`), and counted frames (`N/FRAME_RATE/TB`, `N/(25*TB)`, `N/SR/TB`).",
        "",
        "No parameter names a file. Where FFmpeg takes one, `input` is the number of an input: one",
        "with the role `lut` for `lut3d` and `lut1d`, with the role `font` for `drawtext`.",
        "",
        "| filter | kind | parameters |",
        "|---|---|---|",
    ]
    for name, row in sorted(rows.items()):
        lines.append(f"| `{name}` | {_KINDS[row['kind']]} | {_params(row)} |")
    return "\n".join([*lines, *_graph_filters()]) + "\n"


_KINDS = {"v": "video", "a": "audio", "av": "audio and video"}


def _graph_filters() -> list[str]:
    """Return the section of the filters that `graph` has besides those of the first table."""
    lines = [
        "",
        "## In `graph`",
        "",
        "A graph over the inputs may use all filters above, and these, which have several inputs",
        "or outputs, make pictures from sound, or have no input. A source needs a `duration`,",
        "unless the result ends with the shortest input (`shortest=1` of a filter, `-shortest`).",
        "",
        "| filter | kind | parameters |",
        "|---|---|---|",
    ]
    for name, row in sorted(table("graph_filters").items()):
        lines.append(f"| `{name}` | {_KINDS[row['kind']]} | {_params(row)} |")
    return lines


def _params(row: dict[str, Any]) -> str:
    found = sorted(row["params"].items())
    return cell("; ".join(f"`{key}` {_rule(rule)}" for key, rule in found))


def _rule(rule: Rule) -> str:
    """Return in words the values that a rule allows."""
    kind, rest = rule[0], rule[1:]
    if kind in ("int", "float"):
        return f"{rest[0]:g} … {rest[1]:g}"
    if kind == "alt":
        return " or ".join(_rule(each) for each in rest)
    if kind in ("enum", "flags"):
        return " ".join(rest) if kind == "enum" else "+".join(rest) or "bit mask"
    if kind == "re":
        return f"`{rest[0]}`"
    if kind == "bytes":
        return f"bytes, {rest[0]:g} … {rest[1]:g}"
    return _WORDS.get(kind, str(kind))


_WORDS = {
    "none": "(no value)",
    "bool": "0 or 1",
    "dur": "time",
    "expr": "expression",
    "dim": "pixels or expression",
    "dimexpr": "pixels or expression",
    "pixfmt": "pixel format",
    "sfmt": "sample format",
    "layout": "channel layout",
    "ident": "name",
    "text": "text with %{…}",
    "fontsize": "pixels or expression",
    "side": "pixels or expression",
    "setpts": "speed, shift or counted frames",
    "params": "key=value:…, see below",
    "filter": "filters (filters.md)",
    "codec": "encoder (encoders.md)",
    "bsf": "bitstream filters, some with parameters (`h264_metadata=level=4.1,dump_extra`)",
    "map": "stream map",
    "metadata": "key=value",
    "metadata_source": "-1, 0, 0:g or a stream such as 0:s:a:0",
}


def encoders_page() -> str:
    """Return the page of encoders."""
    lines = ["# Encoders, families and containers", "", "## Families", ""]
    lines += ["| family | software, best first | hardware |", "|---|---|---|"]
    for name, row in table("encoders")["families"].items():
        lines.append(f"| `{name}` | {', '.join(row['software'])} | {', '.join(row['hardware'])} |")
    for kind in ("video", "audio", "subtitle"):
        known = sorted(names(f"{kind}_encoders"))
        lines += ["", f"## {kind.capitalize()} encoders ({len(known)})", "", ", ".join(known)]
    lines += ["", "## Containers", "", "| name | video | audio | subtitles |", "|---|---|---|---|"]
    for name, row in table("containers").items():
        cells = [_supported(row, kind) for kind in ("video", "audio", "subtitle")]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _supported(row: dict[str, Any], kind: str) -> str:
    if not row[kind]:
        return "none"
    codecs = row.get(f"{kind}_codecs")
    return f"{row[kind]} ({', '.join(codecs) if codecs else 'any'})"
