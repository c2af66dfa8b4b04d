"""A worker that seems to run on another host: locks prove nothing to it or about it."""

from ffremote.host import processes
from ffremote_worker.main import main


def another() -> str:
    """Return the boot id of another machine."""
    return "another machine"


processes.boot_id = another  # type: ignore[assignment]

if __name__ == "__main__":
    main()
