"""A worker that takes itself for one on another host: no lock proves anything to it or about it."""

from ffremote.host import processes
from ffremote_worker.main import main


def another() -> str:
    """Name the boot of a machine that is not this one."""
    return "another machine"


processes.boot_id = another  # type: ignore[assignment]

if __name__ == "__main__":
    main()
