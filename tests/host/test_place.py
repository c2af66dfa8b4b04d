"""A place is a boot and a run directory: it lasts, and a copy of the directory is another one."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ffremote.host import processes
from ffremote.host.place import place_of

SHOW = """
import pathlib, sys
from ffremote.host.place import place_of
print(place_of(pathlib.Path(sys.argv[1])))
"""


def test_all_processes_find_the_same_place_in_a_run_directory(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(place_of, [tmp_path] * 8))
    shown = subprocess.run([sys.executable, "-c", SHOW, tmp_path], capture_output=True, text=True)

    assert found == {shown.stdout.strip()}
    assert found.pop().startswith(processes.boot_id())


def test_another_run_directory_is_another_place_even_if_it_is_a_copy(tmp_path: Path) -> None:
    first, second, copy = (tmp_path / name for name in ("a", "b", "c"))
    first.mkdir()
    second.mkdir()
    here = place_of(first)
    shutil.copytree(first, copy)

    assert len({here, place_of(second), place_of(copy)}) == 3
    assert (place_of(first), place_of(copy)) == (here, place_of(copy))


def test_a_file_that_a_crash_left_empty_is_written_again(tmp_path: Path) -> None:
    (tmp_path / "place").touch()

    assert place_of(tmp_path) == place_of(tmp_path)
