"""Numbers as people write them in filter parameters: `-30dB`, `96k`, `44100*2^(1/12)`; pure.

FFmpeg evaluates the text of each numeric parameter. It is evaluated here instead, so that the range
is checked and the command line contains a plain number.
"""

import math
import re

from .arithmetic import evaluate
from .value_rules import Rule, read_value

_NUMERIC = frozenset({"int", "float", "ar"})
_MAX_LENGTH = 60
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12}"
_DECIBELS = re.compile(rf"[+-]?(?:{_NUMBER})dB", re.ASCII)
_MULTIPLES = {"k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9}
_SUFFIXED = re.compile(rf"([+-]?(?:{_NUMBER}))([kKMG])", re.ASCII)
_EXPONENT = re.compile(rf"[+-]?(?:{_NUMBER})[eE][+-]?[0-9]{{1,2}}", re.ASCII)
_ARITHMETIC = re.compile(rf"(?:{_NUMBER}|sqrt|PI|[-+*/^() ])+", re.ASCII)
_TOWER = re.compile(r"\^[^-+*/]*\^", re.ASCII)  # FFmpeg and Python group it differently
_LEADING_ZEROS = re.compile(r"(?<![0-9.])0+(?=[0-9])", re.ASCII)


def read_parameter(rule: Rule, text: str) -> str:
    """Return a filter's value for the command line; raise ValueError with what the rule expects."""
    try:
        return read_value(rule, text)
    except ValueError:
        number = constant(text) if _takes_number(rule) else None
        if number is None:
            raise
        return _read_number(rule, number)


def constant(text: str) -> float | None:
    """Return the value of a number with a unit or of plain arithmetic, None for anything else."""
    if len(text) > _MAX_LENGTH:
        return None
    if _DECIBELS.fullmatch(text):
        return float(10 ** (float(text[:-2]) / 20)) if abs(float(text[:-2])) <= 1000 else None
    if match := _SUFFIXED.fullmatch(text):
        return float(match[1]) * _MULTIPLES[match[2]]
    if _EXPONENT.fullmatch(text):
        return float(text)
    if not _ARITHMETIC.fullmatch(text) or "**" in text or "//" in text or _TOWER.search(text):
        return None
    # FFmpeg reads 010 as ten, which Python refuses, and ^ as a power
    value = evaluate(_LEADING_ZEROS.sub("", text).replace("^", "**"), {"PI": math.pi})
    return value if value is not None and math.isfinite(value) else None


def _takes_number(rule: Rule) -> bool:
    if rule[0] == "alt":
        return any(_takes_number(inner) for inner in rule[1:])
    return rule[0] in _NUMERIC


def _read_number(rule: Rule, number: float) -> str:
    """Check the number against the rule; whole numbers are rounded as FFmpeg does."""
    rules = rule[1:] if rule[0] == "alt" else [rule]
    reasons = []
    for each in filter(_takes_number, rules):
        is_float = each[0] == "float"
        text = f"{number:.12f}".rstrip("0").rstrip(".") if is_float else str(round(number))
        try:
            return read_value(each, text)
        except ValueError as exc:
            reasons.append(str(exc))
    raise ValueError(" or ".join(reasons))
