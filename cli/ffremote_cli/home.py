"""The home directory of the user."""

from pathlib import Path


def home_folder() -> Path:
    """Return the user's home, or a path that does not exist if there is none."""
    try:
        return Path.home()
    except RuntimeError:  # no HOME, and no entry for this user: a container, a bare cron job
        return Path("/nonexistent")
