"""Kill processes at random while clients work, then count what was lost: `./run chaos`.

SECONDS=60 sets the duration, SEED=number repeats a storm, DATABASE=postgresql runs it on a private
PostgreSQL, which is restarted hard and goes away on the way. REMOTE=1 lets workers over HTTP take
part, which are cut off, slowed, wiped and lose their tokens. As arguments or in the environment.
"""

import os
import random
import shutil
import signal
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ffremote.clock import monotonic
from tests.chaos import audit
from tests.chaos.clients import CROWD, FINISH_SECONDS, Client, Ledger
from tests.chaos.clocks import LIBRARIES, MISSING
from tests.chaos.downloads import Downloads
from tests.chaos.estate import REMOTE, Estate
from tests.chaos.far import Far
from tests.chaos.monkey import Monkey
from tests.chaos.outages import Outages
from tests.chaos.parameters import parameters
from tests.chaos.processes import wait_for
from tests.chaos.scene import make_clip, small_disk
from tests.chaos.witness import Witness
from tests.support import postgresql

CLIENTS = 3
SETTLE_SECONDS = 180.0
NEWS_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a storm, `compared` downloads among it; `text` is its report."""

    injected: int
    kills: int
    jobs: int
    compared: int
    faults: list[str]
    text: str


def run_storm(
    home: Path,
    *,
    seconds: float,
    seed: int,
    crowd: int = CROWD,
    database: str = "sqlite",
    remote: bool = False,
) -> Verdict:
    """Run one storm in `home`, an empty directory; all processes have ended when it returns.

    Clients wait while `crowd` jobs are unfinished.
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
        ledger = Ledger(Downloads(estate.url), crowd)
        estate.tend()
        wait_for(lambda: estate.is_up() and estate.has_slots(), 60)
        outages = Outages.planned(cluster, seconds, random.Random(seed))
        monkey = Monkey(
            estate, witness, draw, may_fill=small, outages=outages, far=Far(estate, draw)
        )
        _storm(estate, monkey, ledger, make_clip(home, estate.ffmpeg), seconds, seed)
        settled = _settle(estate, monkey, witness, ledger.downloads)
        compared = f"compared before the end: {ledger.downloads}"
        ledger.downloads.compare_all()
        estate.stop()
        audit.age_uploads(estate.data_dir)
        estate.flask("cleanup")
        found = audit.faults(estate, witness, ledger, draw)
        found += [] if settled else [f"not recovered: {owed}" for owed in monkey.owed]
        return _verdict(monkey, witness, ledger, found, [compared, *_unavailable(small)])


def _storm(
    estate: Estate,
    monkey: Monkey,
    ledger: Ledger,
    clip: Path,
    seconds: float,
    seed: int,
) -> None:
    over = threading.Event()
    crowd = [Client(estate, ledger, clip, seed=seed * 100 + n, over=over) for n in range(CLIENTS)]
    for client in crowd:
        client.start()
    end, news = monotonic() + seconds, monotonic() + NEWS_SECONDS
    while monotonic() < end:
        if monotonic() > news:
            news += NEWS_SECONDS
            print(
                f"chaos: {monkey.kills} kills, {len(ledger.accepted)} jobs, "
                f"{end - monotonic():.0f} s to go",
                flush=True,
            )
        pause = monotonic() + monkey.draw.uniform(0.05, 0.4)
        monkey.turn()
        while monotonic() < pause:
            monkey.poll()
            estate.tend()
            over.wait(0.05)
    over.set()
    _let_end(estate, monkey, crowd)


def _let_end(estate: Estate, monkey: Monkey, crowd: Sequence[Client]) -> None:
    """Wait for the clients, which finish their uploads, while all programs are kept running."""
    monkey.calm()

    def have_ended() -> bool:
        estate.tend()
        monkey.poll()
        return not any(client.is_alive() for client in crowd)

    wait_for(have_ended, 2 * FINISH_SECONDS + 30)
    for client in crowd:
        if client.error is not None:
            raise client.error


def _settle(estate: Estate, monkey: Monkey, witness: Witness, downloads: Downloads) -> bool:
    """Let all programs recover; return whether all jobs are final and all faults recovered."""
    monkey.calm()

    def is_quiet() -> bool:
        estate.tend()
        monkey.poll()
        downloads.compare_new()  # results expire after seconds
        return not monkey.owed and witness.unfinished() == 0

    return wait_for(is_quiet, SETTLE_SECONDS)


def _verdict(
    monkey: Monkey, witness: Witness, ledger: Ledger, found: list[str], notes: Sequence[str]
) -> Verdict:
    jobs = witness.jobs()
    ends = Counter(
        f"{job.state} ({job.error_reason})" if job.error_reason else f"{job.state}" for job in jobs
    )
    losses, canceled = sum(job.losses for job in jobs), len(ledger.canceled)
    faults = monkey.faults + monkey.outages.done
    refusals = ledger.refusals + ledger.downloads.refusals
    lines = [
        f"{monkey.kills} kills; " + ", ".join(f"{fault} {n}" for fault, n in faults.most_common()),
        f"{len(ledger.accepted)} jobs accepted, {len(jobs)} in the database: "
        + ", ".join(f"{end} {n}" for end, n in sorted(ends.items())),
        f"{losses} losses of a worker, {canceled} cancels",
        *_recovered(monkey),
        "answers that were no success: "
        + ", ".join(f"{code} {n}" for code, n in refusals.most_common()),
        *notes,
        f"compared in all: {ledger.downloads}",
    ]
    lines += [f"FAULT {fault}" for fault in found] or ["0 lost, 0 stuck, 0 twice, 0 stray"]
    injected, compared = monkey.faults.total(), ledger.downloads.compared.total()
    return Verdict(injected, monkey.kills, len(jobs), compared, found, "\n".join(lines))


def _unavailable(small: bool) -> Iterator[str]:
    """Yield a line for each kind of fault that cannot be had here."""
    if not small:
        yield "the disk was never filled: no small file system can be mounted here"
    if not LIBRARIES:
        yield f"only stored times were stepped: {MISSING}"


def _recovered(monkey: Monkey) -> Iterator[str]:
    """Yield a line for each kind of kill with its recovery times."""
    for cause in sorted({recovery.cause for recovery in monkey.recoveries}):
        found = sorted(recovery for recovery in monkey.recoveries if recovery.cause == cause)
        median, worst = found[len(found) // 2].seconds, found[-1]
        yield (
            f"recovered: {cause} {len(found)} times, median {median:.2f} s, "
            f"worst {worst.seconds:.2f} s ({worst.what})"
        )


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
    remote = given.get("REMOTE") == "1"
    print(f"chaos: {seconds:.0f} s on {database}, SEED={seed} does the same again", flush=True)
    home = Path(tempfile.mkdtemp(prefix="ffremote-chaos-"))
    verdict = run_storm(home, seconds=seconds, seed=seed, database=database, remote=remote)
    print(verdict.text)
    if verdict.faults:
        print(f"chaos: the programs' log is {home / 'log'}")
        return 1
    shutil.rmtree(home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
