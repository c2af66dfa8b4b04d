"""Commands in place of pages that only a checkout has: a client's user cannot open them."""

_COMMANDS = {
    "docs/encoders.md": "`ffremote capabilities encoders`",
    "docs/filters.md": "`ffremote capabilities filters`",
    "docs/options.md": "`ffremote capabilities options`",
    "docs/job-json.md": "`ffremote run --help`",
}


def with_commands(text: str) -> str:
    """The server's sentence with a command for each page that it points to."""
    for page, command in _COMMANDS.items():
        text = text.replace(page, command)
    return text
