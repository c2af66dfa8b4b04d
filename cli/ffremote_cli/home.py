"""The home directory of the user, and the folder for the state of this program."""

import os
import sys
from pathlib import Path


def home_folder() -> Path:
    """Return the user's home, or a path that does not exist if there is none."""
    try:
        return Path.home()
    except RuntimeError:  # no HOME, and no entry for this user: a container, a bare cron job
        return Path("/nonexistent")


def state_folder() -> Path:
    """Return the folder for the state of this user."""
    if configured := os.environ.get("XDG_STATE_HOME"):
        return Path(configured) / "ffremote"
    if sys.platform == "darwin":
        return home_folder() / "Library" / "Application Support" / "ffremote"
    return home_folder() / ".local" / "state" / "ffremote"
