"""The parameters of a storm: `NAME=value`, as arguments or in the environment."""

import re
import sys
from collections.abc import Mapping

PARAMETERS = {
    "SECONDS": "[0-9]+",
    "SEED": "[0-9]+",
    "REMOTE": "[01]",
    "OVERLAP": "[01]",
    "DATABASE": "sqlite|postgresql",
}


def parameters(argv: list[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return `NAME=value` arguments on top of the environment's."""
    given = {name: environ[name] for name in PARAMETERS if environ.get(name)}
    given |= dict(word.partition("=")[::2] for word in argv)
    for name, value in given.items():
        if name not in PARAMETERS or not re.fullmatch(PARAMETERS[name], value):
            allowed = "SECONDS=n, REMOTE=1, OVERLAP=1, SEED=n or DATABASE=sqlite|postgresql"
            sys.exit(f"chaos: {name}={value} is not {allowed}")
    return given
