"""Lose hosts of a fleet at random while clients work, then count what was lost.

`./run chaos FLEET=1`: three worker hosts, two servers and the cleanup, which share PostgreSQL and a
bucket only. SECONDS=60 sets the duration, SEED=number repeats a storm, S3=swift takes another
server for the bucket; as arguments or in the environment.
"""

import os
import random
import re
import shutil
import signal
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from ffremote import ffmpeg
from ffremote.config import Settings
from tests.chaos import audit
from tests.chaos.clients import CROWD, Client, Ledger
from tests.chaos.clocks import LIBRARIES, MISSING
from tests.chaos.downloads import Downloads
from tests.chaos.driving import let_end, rage
from tests.chaos.estate import wait_for
from tests.chaos.fleet.disks import broken_disks
from tests.chaos.fleet.hosts import Fleet, can_isolate
from tests.chaos.fleet.monkey import Bucket, Monkey
from tests.chaos.fleet.objects import broken_objects
from tests.chaos.outages import Outages
from tests.chaos.scene import make_clip
from tests.chaos.storm import SETTLE_SECONDS
from tests.chaos.verdict import Verdict
from tests.chaos.witness import Witness
from tests.support import postgresql, s3_servers

CLIENTS = 3
PATIENCE_SECONDS = (
    120.0  # hosts boot, and uploads are taken over from lost servers, before they end
)
CLIP_BYTES = 6 << 20  # more than a part
PARAMETERS = {"SECONDS": "[0-9]+", "SEED": "[0-9]+", "S3": "seaweedfs|swift", "FLEET": "1"}


def run_storm(
    home: Path, *, seconds: float, seed: int, crowd: int = CROWD, s3: str = "seaweedfs"
) -> Verdict:
    """Run one storm in `home`, an empty directory; all processes have ended when it returns."""
    draw = random.Random(seed)
    with ExitStack() as stack:
        cluster = stack.enter_context(postgresql.running())
        (home / "s3").mkdir()
        server = stack.enter_context(s3_servers.running(s3, home / "s3"))
        os.environ.update(server.environ)
        bucket = Bucket(server)
        stack.callback(bucket.end)
        fleet = Fleet(home, cluster, server, random.Random(seed + 1))
        stack.callback(fleet.network.close)
        stack.callback(fleet.stop)
        fleet.flask("db", "upgrade")
        witness = Witness(cluster.url)
        stack.callback(witness.close)
        witness.install()
        ledger = Ledger(Downloads(fleet.url), crowd)
        fleet.tend()
        wait_for(lambda: fleet.is_up() and fleet.has_workers(), 90)
        outages = Outages.planned(cluster, seconds, random.Random(seed))
        monkey = Monkey(fleet, bucket, draw, outages)
        _storm(fleet, monkey, ledger, _clip(home), seconds, seed)
        settled = _settle(fleet, monkey, witness, ledger.downloads)
        compared = f"compared before the end: {ledger.downloads}"
        ledger.downloads.compare_all()
        fleet.stop()
        fleet.flask("cleanup")
        found = [*_faults(fleet, witness, ledger), *broken_objects(fleet, home / "desk")]
        found += broken_disks(fleet)
        found += [] if settled else [f"not final after {SETTLE_SECONDS:.0f} s: {_stuck(witness)}"]
        return _verdict(monkey, witness, ledger, found, [compared, *_unavailable()])


def _storm(
    fleet: Fleet, monkey: Monkey, ledger: Ledger, clip: Path, seconds: float, seed: int
) -> None:
    over = threading.Event()
    crowd = [Client(fleet, ledger, clip, seed=seed * 100 + n, over=over) for n in range(CLIENTS)]
    for client in crowd:
        client.finish_seconds = PATIENCE_SECONDS
        client.start()
    rage(
        fleet,
        monkey,
        over,
        seconds,
        pauses=(1, 6),
        news=lambda: f"{len(ledger.accepted)} jobs",
    )
    let_end(fleet, monkey, crowd, 2 * PATIENCE_SECONDS + 30)


def _settle(fleet: Fleet, monkey: Monkey, witness: Witness, downloads: Downloads) -> bool:
    """Let all hosts come back; return whether all jobs became final."""
    monkey.calm()

    def is_quiet() -> bool:
        fleet.tend()
        if fleet.is_up():
            downloads.compare_new()
        return fleet.is_up() and witness.unfinished() == 0

    return wait_for(is_quiet, SETTLE_SECONDS)


def _faults(fleet: Fleet, witness: Witness, ledger: Ledger) -> Iterator[str]:
    """Yield what rows, history, downloads and processes say against the promises."""
    jobs = witness.jobs()
    yield from audit.broken_rows(jobs, ledger)
    yield from audit.broken_history(jobs, witness.changes())
    yield from audit.broken_database(jobs, witness)
    yield from (f"a download is not what its row says: {each}" for each in ledger.downloads.broken)
    yield from (f"a stray process: {pid}" for pid in fleet.strays())


def _stuck(witness: Witness) -> list[str]:
    return [f"{job.id} {job.state} {job.phase}" for job in witness.jobs() if not job.finished_at]


def _verdict(
    monkey: Monkey, witness: Witness, ledger: Ledger, found: list[str], notes: Sequence[str]
) -> Verdict:
    jobs = witness.jobs()
    ends = Counter(f"{job.state} ({job.error_reason or 'well'})" for job in jobs)
    faults = monkey.faults + monkey.outages.done
    kills = sum(count for fault, count in faults.items() if "killed" in fault)
    refusals = ledger.refusals + ledger.downloads.refusals
    lines = [
        ", ".join(f"{fault} {n}" for fault, n in faults.most_common()),
        f"{len(ledger.accepted)} jobs accepted, {len(jobs)} in the database: "
        + ", ".join(f"{end} {n}" for end, n in sorted(ends.items())),
        f"{sum(job.losses for job in jobs)} losses of a worker, {len(ledger.canceled)} cancels",
        "answers that were no success: "
        + ", ".join(f"{code} {n}" for code, n in refusals.most_common()),
        *notes,
        f"compared in all: {ledger.downloads}",
    ]
    lines += [f"FAULT {fault}" for fault in found] or ["0 lost, 0 stuck, 0 twice, 0 stray"]
    compared = ledger.downloads.compared.total()
    return Verdict(faults.total(), kills, len(jobs), compared, found, "\n".join(lines))


def _unavailable() -> Iterator[str]:
    if not can_isolate():
        yield "hosts shared PIDs and names: no namespaces can be made here"
    if not LIBRARIES:
        yield f"no clock was stepped: {MISSING}"


def _clip(home: Path) -> Path:
    """Return a film with padding, so that an upload has several parts."""
    path = make_clip(home, ffmpeg.locate(Settings()).ffmpeg)
    padding = CLIP_BYTES - path.stat().st_size
    with path.open("ab") as file:
        file.write(padding.to_bytes(4, "big") + b"free" + bytes(padding - 8))
    return path


def parameters(argv: list[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return `NAME=value` arguments on top of the environment's."""
    given = {name: environ[name] for name in PARAMETERS if environ.get(name)}
    given |= dict(word.partition("=")[::2] for word in argv)
    for name, value in given.items():
        if name not in PARAMETERS or not re.fullmatch(PARAMETERS[name], value):
            allowed = "SECONDS=n, SEED=n, S3=seaweedfs|swift or FLEET=1"
            sys.exit(f"chaos: {name}={value} is not {allowed}")
    return given


def main() -> int:
    """Run one storm; the exit status is 1 if a promise was broken."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is stopped
    given = parameters(sys.argv[1:], os.environ)
    seconds = float(given.get("SECONDS", 60))
    seed = int(given.get("SEED", random.SystemRandom().randrange(10**6)))
    s3 = given.get("S3", "seaweedfs")
    if reason := postgresql.missing() or s3_servers.missing(s3):
        sys.exit(f"chaos: {reason}")
    print(f"chaos: {seconds:.0f} s of a fleet on {s3}, SEED={seed} does the same again", flush=True)
    home = Path(tempfile.mkdtemp(prefix="ffremote-fleet-"))
    verdict = run_storm(home, seconds=seconds, seed=seed, s3=s3)
    print(verdict.text)
    if verdict.faults:
        print(f"chaos: the programs' log is {home / 'log'}")
        return 1
    shutil.rmtree(home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
