"""The home directory of the user."""

from pathlib import Path


def home_folder() -> Path:
    """The user's home; where there is none to be found, a path that does not exist."""
    try:
        return Path.home()
    except RuntimeError:  # no HOME, and no entry for this user: a container, a bare cron job
        return Path("/nonexistent")
