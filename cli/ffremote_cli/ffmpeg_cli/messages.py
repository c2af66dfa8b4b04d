"""FFmpeg's messages of a job, printed as ffmpeg itself prints them."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence

import click

from ..client.client import Client
from ..formatting import plain
from ..translate import Translation
from ..translate.console_options import LEVELS

_LINE = re.compile(
    r"(?P<contexts>(?:\[[^\]]*\] )*?)\[(?P<level>panic|fatal|error|warning|info)\] (?P<text>.*)",
    re.DOTALL,
)
_INPUT = re.compile(r"'file:(?:inputs/(\d{1,2})/)?input'")
_OUR_OPTIONS = "ffmpeg stats and -progress period set to 0.5."
_METADATA = re.compile(r"\[Parsed_a?metadata_\d+\] ")


def print_log(client: Client, job_id: str, translation: Translation, level: int) -> None:
    """Print what FFmpeg printed for a job of the line, see `print_messages`.

    Of a line whose outputs are all files that is only what it prints to stdout.
    """
    print_messages(
        client.log(job_id),
        LEVELS["quiet"] if all(translation.has_file) else level,
        [each.name for each in translation.inputs],
        prints_metadata=translation.prints_metadata,
    )


def print_messages(
    log: Iterable[bytes], level: int, inputs: Sequence[str], *, prints_metadata: bool
) -> None:
    """Print a job's log up to `level` to stderr, with the names of the line's `inputs`.

    With `prints_metadata` the lines of the filter `metadata` go to stdout, as for `file=-`.
    """
    for contexts, text, is_wanted in _messages(_lines(log), level):
        if prints_metadata and _METADATA.fullmatch(contexts):
            click.echo(_shown(text, is_terminal=sys.stdout.isatty()))
            continue
        if not is_wanted or text == _OUR_OPTIONS:
            continue
        with_names = _INPUT.sub(lambda found: _name(inputs, found[1]), text)
        context = contexts.replace("]", " @ 0x0]")
        click.echo(_shown(context + with_names, is_terminal=sys.stderr.isatty()), err=True)


def _shown(text: str, *, is_terminal: bool) -> str:
    return plain(text) if is_terminal else text


def _lines(log: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for block in log:
        *whole, rest = (rest + block).split(b"\n")
        yield from (line.decode(errors="replace") for line in whole)
    if rest:
        yield rest.decode(errors="replace")


def _messages(lines: Iterable[str], level: int) -> Iterator[tuple[str, str, bool]]:
    """Yield context and text of the lines, and whether they are wanted, up to `level`.

    Lines without a level continue the one before; those at the beginning are the server's.
    """
    is_wanted = False
    for line in lines:
        match = _LINE.match(line)
        if match:
            is_wanted = LEVELS[match["level"]] <= level
        contexts, text = (match["contexts"], match["text"]) if match else ("", line)
        yield contexts, text, is_wanted


def _name(inputs: Sequence[str], number: str | None) -> str:
    place = int(number or 0)
    return f"'{inputs[place]}'" if place < len(inputs) else f"'input {place}'"
