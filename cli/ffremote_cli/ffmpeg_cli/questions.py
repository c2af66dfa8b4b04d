"""What `ffremote ffmpeg` answers about ffmpeg itself: -version, -encoders, -h and their kind."""

from collections.abc import Mapping
from typing import Any

from ..client.client import Client
from ..translate import CannotTranslate, Option
from . import lists

_USAGE = """\
usage: ffmpeg [options] [[infile options] -i infile] [outfile options] outfile

The command runs on {url}, by ffremote.
`ffremote ffmpeg --help` says what is different there, `ffremote capabilities` what it has."""
_UNKNOWN = {
    "encoder": "Codec '{}' is not recognized by FFmpeg.",
    "decoder": "Codec '{}' is not recognized by FFmpeg.",
    "filter": "Unknown filter '{}'.",
    "muxer": "Unknown format '{}'.",
    "demuxer": "Unknown format '{}'.",
}


def answer(client: Client, question: Option) -> str:
    """Return what goes to stdout; raises CannotTranslate for what a server does not tell."""
    if question.name in ("h", "?", "help"):
        return _help(client, question)
    if question.name == "version":
        return _version(client)
    if question.name not in lists.LISTS:
        raise CannotTranslate(
            question.word,
            "a server does not tell this",
            hint="it answers -version, -h, " + ", ".join(f"-{name}" for name in lists.LISTS),
        )
    return lists.LISTS[question.name](client.capabilities())


def _version(client: Client) -> str:
    found = client.capabilities()["ffmpeg_version"]
    return (
        f"ffmpeg version {found} Copyright (c) the FFmpeg developers\n"
        f"run by ffremote on {client.url}"
    )


def _help(client: Client, question: Option) -> str:
    topic, equals, name = (question.value or "").partition("=")
    if equals:
        return _about(client.capabilities(), topic, name, word=question.word)
    usage = _USAGE.format(url=client.url)
    if topic not in ("full", "long"):
        return usage
    options = "\n".join(f"-{name}" for name in client.capabilities()["options"])
    return f"{usage}\n\nOptions of the output, beside those of the job:\n{options}"


def _about(said: Mapping[str, Any], topic: str, name: str, *, word: str) -> str:
    """Whether the server has it; its options are in FFmpeg's own documentation."""
    if topic not in _UNKNOWN:
        raise CannotTranslate(
            f"{word} {topic}={name}",
            "a server tells about encoder, decoder, muxer, demuxer, filter",
        )
    found = _detail(said, topic, name)
    return _UNKNOWN[topic].format(name) if found is None else found


def _detail(said: Mapping[str, Any], topic: str, name: str) -> str | None:
    if topic == "encoder":
        codec = next((e["codec"] for e in said["encoders"] if e["name"] == name), None)
        return codec and f"Encoder {name} [{codec}]:"
    if topic == "decoder":
        codec = next((c for c, names in said["decoders"].items() if name in names), None)
        return codec and f"Decoder {name} [{codec}]:"
    if topic == "filter":
        return f"Filter {name}" if name in said["filters"] else None
    formats = lists.muxers_of(said) if topic == "muxer" else said.get("demuxers") or ()
    return f"{topic.capitalize()} {name} [{name}]:" if name in formats else None
