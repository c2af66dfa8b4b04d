"""Rewrites a plan so that it reads its only input from a pipe; pure."""

from dataclasses import replace
from itertools import pairwise

from ffremote.states import FailureReason

from ...model.failure import TranscodeError, refuse
from ...model.media_info import MediaInfo
from ...model.plan import Plan

_FILE = "file:input"
PIPE = "pipe:0"
_OF_STREAM = ("index", "kind", "codec", "tag", "is_picture", "rotation", "pix_fmt", "channels")


def piped(plan: Plan) -> Plan:
    """Return the plan with its input from a pipe; raise TranscodeError for one that cannot be.

    FFmpeg ends at the first error: on a pipe it would leave out, without a word, what it could
    only read by going back.
    """
    if len(plan.passes) != 1 or plan.files or plan.links or plan.luts:
        raise _unfit("it needs several passes")
    argv = plan.passes[0].argv
    head = argv[: argv.index("-i") + 2] if "-i" in argv else ()
    others = [word for word in argv[len(head) :] if _FILE in word or "=input" in word]
    if head[-1:] != (_FILE,) or "-i" in argv[len(head) :] or "-ss" in head or others:
        raise _unfit("it does not read its input once, from the beginning")
    changed = [
        "pipe" if before == "-protocol_whitelist" else word
        for before, word in pairwise(("", *head))
    ]
    one = replace(plan.passes[0], argv=("-xerror", *changed[:-1], PIPE, *argv[len(head) :]))
    return replace(plan, passes=(one,))


def require_same(begun: Plan, early: MediaInfo, whole: Plan, late: MediaInfo) -> None:
    """Raise TranscodeError unless the whole input leads to the command that was run.

    `begun` is a `piped` plan from `early`, what was known of the first bytes.
    """
    if piped(whole).passes != begun.passes:
        raise _unfit("its end changes how it is converted")
    if _essence(early) != _essence(late):
        raise _unfit("its end has streams or properties that its beginning does not show")


def _essence(info: MediaInfo) -> tuple[object, ...]:
    """Return what a pipe must show as well; lengths and sizes it need not."""
    streams = [
        (*(getattr(each, name) for name in _OF_STREAM), each.tags.get("timecode"))
        for each in info.streams
    ]
    return (info.format, info.chapters, info.labels, *streams)


def _unfit(why: str) -> TranscodeError:
    return refuse(FailureReason.UNKNOWN, f"The job must wait for its whole input: {why}.")
