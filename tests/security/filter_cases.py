"""Graphs that set the options of filters to the ends of their ranges, or at random."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ffremote.ffmpeg.planning import stabilization
from ffremote.ffmpeg.policy.tables import table

EXPRESSIONS = ("0", "1", "-1", "iw", "n", "t*100", "99999")
SAMPLES = {
    "color": ("red", "0x01020304", "white@0.5"),
    "text": (
        "x",
        "%{pts\\:hms} 100\\\\%",
        "%{eif\\:n*2\\:d\\:4}",
        "%{expr\\:w/0}",
        "%{metadata\\:a\\:b}",
    ),
    "side": ("1", "17", "iw*2", "rotw(1)", "1/0"),
    "fontsize": ("1", "20", "500", "h/3", "t*99"),
    "setpts": ("PTS/2", "PTS-STARTPTS", "N/TB/25", "3*PTS"),
    "pan": ("stereo|c0=c0|c1=c0", "mono|c0=.5*c0+.5*c0"),
    "layout": ("mono", "stereo", "5.1", "7.1", "hexadecagonal"),
    "pixfmt": ("gray", "yuv420p", "rgb24", "yuva420p", "gbrp10le", "yuv410p", "pal8", "gbrapf32le"),
    "sfmt": ("u8", "s16", "fltp", "dblp", "s32p"),
    "ident": ("0x1", "1", "all", "FL", "auto", "rectangular"),
    "size": ("16x16", "64x48", "qcif"),
    "fps": ("0.01", "1", "240", "30000/1001"),
    "ratio": ("1", "16/9", "0.001", "10000"),
    "dim": ("16", "17", "-1", "-2", "iw/2", "512"),
    "dimexpr": ("0", "iw", "iw+1", "512"),
    "expr": EXPRESSIONS,
    "bool": ("0", "1"),
    "ar": ("4000", "44100", "192000"),
    "dur": ("0", "0.001", "1", "10"),
}
TEXTS = {
    "adelay": ("0", "1|2", "999S", "9s"),
    "aecho": ("1", "9000", "0.5|1"),
    "amix": ("1 1", "0", "99999999"),
    "chorus": ("1", "9999", "0.5|1"),
    "compand": ("0", "1 1", "0.1|0.2", "-90/-60|-60/-40|0/0"),
    "channelmap": ("0-0", "FL-FR", "1"),
    "curves": ("0/0 1/1", "0/1 1/0", "0.5/0.5"),
    "tile": ("1x1", "10x10", "3x2"),
    "tmix": ("1 1 1", "-1", "999999"),
    "telecine": ("23", "0", "9999999999999999"),
    "detelecine": ("23", "0", "9999999999999999"),
    "settb": ("AVTB", "1/9999999", "999999/1"),
    "asettb": ("AVTB", "1/9999999", "999999/1"),
}
SIZES = ("16x16", "17x19", "16x500", "500x16", "160x120", "64x48")
PIX_FMTS = ("yuv420p", "yuv444p", "yuv410p", "yuv411p", "gray", "rgb24", "yuva420p")
PIX_FMTS += ("yuv420p10le", "gbrp", "gray16le", "yuva444p16le", "nv12", "pal8", "gbrpf32le")
AUDIO_SOURCES = (
    "8000:cl=mono",
    "48000:cl=stereo",
    "44100:cl=5.1",
    "192000:cl=7.1",
    "4000:cl=stereo",
)
# filters with two inputs
INPUTS = {"acrossfade", "alphamerge", "amerge", "amix", "blend", "hstack", "overlay", "vstack"}
INPUTS |= {"join", "paletteuse", "sidechaincompress", "sidechaingate", "interleave", "ainterleave"}
OUTPUTS = {"split", "asplit"}


@dataclass(frozen=True)
class Case:
    """One graph for one kind of source."""

    kind: str
    source: str
    graph: str


def values(name: str, rule: list[Any]) -> list[str]:
    """Return the limits of a rule's range and values between; for other kinds, samples."""
    kind = rule[0]
    if kind in ("int", "float"):
        low, high = rule[1], rule[2]
        middle = [0.0, 1.0, (low + high) / 2] if kind == "float" else [0, 1, (low + high) // 2]
        return [_text(n) for n in dict.fromkeys((low, high, *middle)) if low <= n <= high]
    if kind == "alt":
        return [text for inner in rule[1:] for text in values(name, inner)][:9]
    if kind in ("enum", "flags"):
        return [str(word) for word in rule[1:]] or ["0", "255"]
    if kind == "re":
        return list(TEXTS.get(name, ("0", "1", "-6dB")))
    if kind == "list":
        inner = values(name, [rule[2]])
        return [inner[0], str(rule[1]).join(inner[:3])]
    return list(SAMPLES[kind])


def _text(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".") if isinstance(number, float) else str(number)


def extremes(known: frozenset[str], seed: int) -> Iterator[Case]:
    """Yield each filter alone, and with each parameter at each limit, in random order."""
    dice = random.Random(seed)
    yield from sorted(_extremes(known, dice), key=lambda case: dice.random())


def _extremes(known: frozenset[str], dice: random.Random) -> Iterator[Case]:
    for name in sorted(known & table("filters").keys()):
        rules = table("filters")[name]
        yield _case(dice, rules["kind"], [_alone(name)])
        for key, rule in rules["params"].items():
            for value in values(name, rule):
                yield _case(dice, rules["kind"], [_with(name, {key: value}, rules)])


def combinations(known: frozenset[str], seed: int) -> Iterator[Case]:
    """Yield one to three filters with random parameters each, endlessly."""
    dice = random.Random(seed)
    kinds = {kind: [n for n in sorted(known) if _kind(n) == kind] for kind in "va"}
    present = [kind for kind, names in kinds.items() if names]
    while present:
        kind = dice.choice(present)
        yield _case(
            dice,
            kind,
            [_random(dice, dice.choice(kinds[kind])) for _ in range(dice.randint(1, 3))],
        )


def _kind(name: str) -> str:
    return str(table("filters").get(name, {"kind": ""})["kind"])


def _random(dice: random.Random, name: str) -> str:
    rules = table("filters")[name]
    keys = dice.sample(sorted(rules["params"]), min(len(rules["params"]), dice.randint(0, 4)))
    chosen = {key: dice.choice(values(name, rules["params"][key])) for key in keys}
    return _with(name, chosen, rules)


def _alone(name: str) -> str:
    need = table("filters")[name].get("require", [[]])[0]
    return f"{name}={need[0]}=1000" if need else name


def _with(name: str, chosen: dict[str, str], rules: dict[str, Any]) -> str:
    if rules.get("raw"):
        return f"{name}={next(iter(chosen.values()), SAMPLES['pan'][0])}"
    for bounds in rules.get("require", ()):
        if chosen.keys().isdisjoint(bounds):
            chosen = {bounds[0]: "1000", **chosen}
    body = ":".join(f"{key}='{value}'" for key, value in chosen.items())
    return f"{name}={body}" if body else name


def _case(dice: random.Random, kind: str, chain: list[str]) -> Case:
    source = dice.choice(AUDIO_SOURCES)
    if kind == "v":
        source = f"{dice.choice(SIZES)},{dice.choice(PIX_FMTS)}"
    words = []
    for number, each in enumerate(chain):
        name = each.partition("=")[0]
        split = "split" if kind == "v" else "asplit"
        if name in INPUTS:
            words.append(f"{split}[a{number}][b{number}];[a{number}][b{number}]{each}")
        elif name in OUTPUTS:
            stack = "hstack" if kind == "v" else "amix"
            words.append(f"{split}[a{number}][b{number}];[a{number}][b{number}]{stack}")
        else:
            words += [stabilization.SAFE, each] if name.startswith("vidstab") else [each]
    return Case(kind, source, ",".join(words))
