"""Kill processes at random while clients work, then count what was lost: `./run chaos`.

SECONDS=60 sets the duration, SEED=number repeats a storm, DATABASE=postgresql runs it on a private
PostgreSQL, which is restarted hard and goes away on the way. REMOTE=1 lets workers over HTTP take
part, which are cut off, slowed, wiped and lose their tokens. With OVERLAP=1, about half of the jobs
begin while their input arrives. As arguments or in the environment.
"""

import os
import random
import shutil
import signal
import sys
import tempfile
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import audit
from tests.chaos.clients import CROWD, FINISH_SECONDS, Client, Ledger
from tests.chaos.downloads import Downloads
from tests.chaos.driving import let_end, rage
from tests.chaos.estate import REMOTE, Estate
from tests.chaos.far import Far
from tests.chaos.monkey import Monkey
from tests.chaos.outages import Outages
from tests.chaos.parameters import parameters
from tests.chaos.processes import wait_for
from tests.chaos.scene import make_clip, make_film, small_disk
from tests.chaos.streams import StreamingClient
from tests.chaos.verdict import Verdict, unavailable, verdict_of
from tests.chaos.witness import Witness
from tests.support import postgresql

CLIENTS = 3
STREAMING = 4
"""Clients of OVERLAP=1, beside the others."""
PAUSE = (0.05, 0.4)
"""The least and the most seconds between two faults."""
OVERLAP_PAUSE = (1.0, 6.0)
"""As long as some uploads take: else each would be hit, and run again from the whole file."""
OVERLAP_CROWD = STREAMING
"""Unfinished jobs at which other clients wait: whole jobs go first, so streams need free slots."""
SETTLE_SECONDS = 180.0


def run_storm(
    home: Path,
    *,
    seconds: float,
    seed: int,
    crowd: int = CROWD,
    database: str = "sqlite",
    remote: bool = False,
    overlap: bool = False,
) -> Verdict:
    """Run one storm in `home`, an empty directory; all processes have ended when it returns.

    Clients wait while `crowd` jobs are unfinished. With `overlap`, most send films slowly.
    """
    draw = random.Random(seed)
    with ExitStack() as stack:
        cluster = None if database == "sqlite" else stack.enter_context(postgresql.running())
        small = stack.enter_context(small_disk(home / "data"))
        url = cluster.url if cluster else ""
        far = REMOTE if remote else ()
        estate = Estate(home / "data", home / "log", url, remote=far)
        stack.callback(estate.stop)
        estate.migrate()
        estate.invite()
        witness = Witness(estate.settings.registry_url)
        stack.callback(witness.close)
        witness.install()
        ledger = Ledger(Downloads(estate.url), min(crowd, OVERLAP_CROWD) if overlap else crowd)
        estate.tend()
        wait_for(lambda: estate.is_up() and estate.has_slots(), 60)
        outages = Outages.planned(cluster, seconds, random.Random(seed))
        monkey = Monkey(
            estate, witness, draw, may_fill=small, outages=outages, far=Far(estate, draw)
        )
        clients = _crowd_of(estate, ledger, home, seed, overlap=overlap)
        _storm(estate, monkey, clients, seconds, _pauses(seconds, overlap=overlap))
        settled = _settle(estate, monkey, witness, ledger.downloads)
        compared = f"compared before the end: {ledger.downloads}"
        ledger.downloads.compare_all()
        estate.stop()
        audit.age_uploads(estate.data_dir)
        estate.flask("cleanup")
        found = audit.faults(estate, witness, ledger, draw)
        found += [] if settled else [f"not recovered: {owed}" for owed in monkey.owed]
        return verdict_of(monkey, witness, ledger, found, [compared, *unavailable(small)])


@dataclass(frozen=True, slots=True)
class Crowd:
    """The clients of a storm, which run until it is `over`."""

    clients: list[Client]
    ledger: Ledger
    over: threading.Event


def _crowd_of(estate: Estate, ledger: Ledger, home: Path, seed: int, *, overlap: bool) -> Crowd:
    over = threading.Event()
    clip = make_clip(home, estate.ffmpeg)
    clients = [Client(estate, ledger, clip, seed=seed * 100 + n, over=over) for n in range(CLIENTS)]
    if overlap:
        film = make_film(home, estate.ffmpeg)
        clients += [
            StreamingClient(estate, ledger, film, seed=seed * 100 + CLIENTS + n, over=over)
            for n in range(STREAMING)
        ]
    return Crowd(clients, ledger, over)


def _pauses(seconds: float, *, overlap: bool) -> tuple[float, float]:
    """Return the least and the most seconds between two faults; a short storm needs some, too."""
    least, most = OVERLAP_PAUSE if overlap else PAUSE
    return min(least, seconds / 40), min(most, seconds / 6)


def _storm(
    estate: Estate, monkey: Monkey, crowd: Crowd, seconds: float, pauses: tuple[float, float]
) -> None:
    for client in crowd.clients:
        client.start()
    if any(isinstance(client, StreamingClient) for client in crowd.clients):
        wait_for(lambda: bool(crowd.ledger.begun), 60)  # so that the faults hit such jobs
    rage(
        estate,
        monkey,
        crowd.over,
        seconds,
        pauses=pauses,
        news=lambda: f"{monkey.kills} kills, {len(crowd.ledger.accepted)} jobs",
    )
    let_end(estate, monkey, crowd.clients, 2 * FINISH_SECONDS + 30)


def _settle(estate: Estate, monkey: Monkey, witness: Witness, downloads: Downloads) -> bool:
    """Let all programs recover; return whether all jobs are final and all faults recovered."""
    monkey.calm()

    def is_quiet() -> bool:
        estate.tend()
        monkey.poll()
        downloads.compare_new()  # results expire after seconds
        return not monkey.owed and witness.unfinished() == 0

    return wait_for(is_quiet, SETTLE_SECONDS)


def main() -> int:
    """Run one storm; the exit status is 1 if a promise was broken."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is stopped
    given = parameters(sys.argv[1:], os.environ)
    seconds = float(given.get("SECONDS", 60))
    seed = int(given.get("SEED", random.SystemRandom().randrange(10**6)))
    database = given.get("DATABASE", "sqlite")
    reason = postgresql.missing() if database == "postgresql" else None
    if reason is not None:
        sys.exit(f"chaos: {reason}")
    remote, overlap = given.get("REMOTE") == "1", given.get("OVERLAP") == "1"
    print(f"chaos: {seconds:.0f} s on {database}, SEED={seed} does the same again", flush=True)
    home = Path(tempfile.mkdtemp(prefix="ffremote-chaos-"))
    verdict = run_storm(
        home, seconds=seconds, seed=seed, database=database, remote=remote, overlap=overlap
    )
    print(verdict.text)
    if verdict.faults:
        print(f"chaos: the programs' log is {home / 'log'}")
        return 1
    shutil.rmtree(home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
