"""Replaces the documentation pages that a server message names by commands of the client.

The pages are in a checkout only; an installed client does not have them.
"""

_COMMANDS = {
    "docs/encoders.md": "`ffremote capabilities encoders`",
    "docs/filters.md": "`ffremote capabilities filters`",
    "docs/options.md": "`ffremote capabilities options`",
    "docs/job-json.md": "`ffremote run --help`",
}


def with_commands(text: str) -> str:
    """Return the server's message with a command in place of each page that it names."""
    for page, command in _COMMANDS.items():
        text = text.replace(page, command)
    return text
