"""The picture of the README: it shows something from its first second on, and loops."""

import re
import sys
from itertools import pairwise
from pathlib import Path

from tests.support.paths import CHECKOUT
from tools.picture import HOLD_SECONDS, LONGEST_PAUSE, main, paced


def test_the_picture_of_the_readme_shows_the_command_at_once_and_loops() -> None:
    picture = (CHECKOUT / "docs/demo.svg").read_text()

    first = re.search(r"<text [^>]*>([^<]+)<animate [^>]*/>", picture)
    assert first
    assert first[1] == "$ ./run demo"
    assert 'values="visible" keyTimes="0.00000"' in first[0]
    assert picture.count("<animate ") == picture.count('repeatCount="indefinite"') > 10
    assert "realtime" in picture  # the present wording of the client


def test_pauses_are_shortened_and_steps_keep_their_pace() -> None:
    frames = [(30.0, ["a"]), (30.2, ["b"]), (90.0, ["c"])]

    moments = [moment for moment, _ in paced(frames, "$ x")]

    assert moments[0] == 0
    steps = [round(after - before, 3) for before, after in pairwise(moments)]
    assert steps == [LONGEST_PAUSE, 0.2, LONGEST_PAUSE]


def test_a_recording_holds_its_last_screen_before_it_loops(tmp_path: Path) -> None:
    target = tmp_path / "it.svg"

    main(target, [sys.executable, "-c", "print('hello')"])

    picture = target.read_text()
    [seconds] = set(re.findall(r'dur="([\d.]+)s"', picture))
    assert HOLD_SECONDS <= float(seconds) <= HOLD_SECONDS + 2 * LONGEST_PAUSE
    assert ">hello<animate" in picture
