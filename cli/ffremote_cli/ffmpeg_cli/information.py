"""The information options of ffmpeg (-version, -encoders, -h), answered for the server's FFmpeg."""

from collections.abc import Mapping
from typing import Any

from ..client.client import Client
from ..translate import CannotTranslate, Option
from . import lists

_USAGE = """\
usage: ffmpeg [options] [[infile options] -i infile] [outfile options] outfile

ffremote runs the command on {url}.
`ffremote ffmpeg --help` describes the differences, `ffremote capabilities` the server."""
_UNKNOWN = {
    "encoder": "Codec '{}' is not recognized by FFmpeg.",
    "decoder": "Codec '{}' is not recognized by FFmpeg.",
    "filter": "Unknown filter '{}'.",
    "muxer": "Unknown format '{}'.",
    "demuxer": "Unknown format '{}'.",
}


def information_text(client: Client, option: Option) -> str:
    """Return the text for stdout; raise CannotTranslate for information a server does not have."""
    if option.name in ("h", "?", "help"):
        return _help(client, option)
    if option.name == "version":
        return _version(client)
    if option.name not in lists.LISTS:
        raise CannotTranslate(
            option.word,
            "the server does not provide this information",
            hint="supported are -version, -h, " + ", ".join(f"-{name}" for name in lists.LISTS),
        )
    return lists.LISTS[option.name](client.capabilities())


def _version(client: Client) -> str:
    version = client.capabilities()["ffmpeg_version"]
    return (
        f"ffmpeg version {version} Copyright (c) the FFmpeg developers\n"
        f"run by ffremote on {client.url}"
    )


def _help(client: Client, option: Option) -> str:
    topic, equals, name = (option.value or "").partition("=")
    if equals:
        return _topic_help(client.capabilities(), topic, name, option=option.word)
    usage = _USAGE.format(url=client.url)
    if topic not in ("full", "long"):
        return usage
    options = "\n".join(f"-{name}" for name in client.capabilities()["options"])
    return f"{usage}\n\nOutput options beside those of the job:\n{options}"


def _topic_help(capabilities: Mapping[str, Any], topic: str, name: str, *, option: str) -> str:
    """Return whether the server has `name`; its options are in FFmpeg's documentation."""
    if topic not in _UNKNOWN:
        raise CannotTranslate(
            f"{option} {topic}={name}",
            "unsupported topic; supported are encoder, decoder, muxer, demuxer, filter",
        )
    title = _title(capabilities, topic, name)
    return _UNKNOWN[topic].format(name) if title is None else title


def _title(capabilities: Mapping[str, Any], topic: str, name: str) -> str | None:
    """Return the first line of FFmpeg's help for `name`, or None if the server does not have it."""
    if topic == "encoder":
        encoders = {each["name"]: each["codec"] for each in capabilities["encoders"]}
        return f"Encoder {name} [{encoders[name]}]:" if name in encoders else None
    if topic == "decoder":
        decoders = capabilities["decoders"].items()
        codec = next((codec for codec, names in decoders if name in names), None)
        return codec and f"Decoder {name} [{codec}]:"
    if topic == "filter":
        return f"Filter {name}" if name in capabilities["filters"] else None
    is_muxer = topic == "muxer"
    formats = lists.muxers_of(capabilities) if is_muxer else capabilities.get("demuxers") or ()
    return f"{topic.capitalize()} {name} [{name}]:" if name in formats else None
