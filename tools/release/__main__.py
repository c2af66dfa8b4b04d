"""`./run release`: build wheel and sdist of HEAD, check and try them, write what goes with them."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from . import distributions, recipes, trials
from .subject import ROOT, NotReleasable, Subject, read_subject

IMAGES = ["--ffmpeg debian", "--ffmpeg wheel"]


def say(message: str) -> None:
    """Print a step on stderr."""
    print(f"release: {message}", file=sys.stderr, flush=True)


def options() -> argparse.Namespace:
    """Return the command line."""
    parser = argparse.ArgumentParser(prog="./run release", description=__doc__)
    parser.add_argument("--tag", help="the tag that is released; it must be that of the version")
    parser.add_argument("--forge", metavar="URL", help="where the repository is, for the recipes")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="directory (dist)")
    parser.add_argument(
        "--no-images",
        action="store_true",
        help="leave out the images, which need an engine or root",
    )
    return parser.parse_args()


def release(chosen: argparse.Namespace, subject: Subject) -> None:
    """Write the checked files of a release into the chosen directory."""
    say(f"ffremote {subject.version} from commit {subject.commit[:12]}")
    with tempfile.TemporaryDirectory() as scratch:
        source = distributions.export(subject, Path(scratch) / "source")
        files = distributions.build(subject, source, chosen.out)
        say(f"built {', '.join(path.name for path in files)}; twine finds nothing wrong")
        for trial in trials.TRIALS:
            say(f"{trial.text} in a clean environment")
            trial.run(files, Path(scratch) / trial.name, subject.version)
    recipes.write(subject, files, chosen.out, forge=chosen.forge)
    (chosen.out / "notes.md").write_text(subject.notes)
    distributions.write_sums(chosen.out)


def verify_images() -> None:
    """Build the images and try them, each with both kinds of FFmpeg."""
    for words in IMAGES:
        say(f"images, {words}")
        subprocess.run([ROOT / "tools/docker_verify.sh", *words.split()], cwd=ROOT, check=True)


def main() -> int:
    """Make the release; return the exit status."""
    chosen = options()
    try:
        subject = read_subject(chosen.tag)
        release(chosen, subject)
        if not chosen.no_images:
            verify_images()
    except NotReleasable as exc:
        say(str(exc))
        return 1
    except subprocess.CalledProcessError as exc:
        say(f"{' '.join(str(word) for word in exc.cmd)} ended with status {exc.returncode}")
        return 1
    images = "not built" if chosen.no_images else "built and tried"
    say(f"all is well; images: {images}; nothing was published, the files are in {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
