"""The expressions of `setpts` and `asetpts` whose effect on the duration is known; pure.

An expression is read as a sum of products of FFmpeg's variables. Accepted are a change of speed
with an optional shift (`0.5*PTS`, `(PTS-STARTPTS)/2`, `PTS+10/TB`), counted frames
(`N/FRAME_RATE/TB`, `N/(25*TB)`), and frames that are shown for given times (`gte(N,1)*2/TB`).
"""

import ast
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from .expressions import read_expression

MAX_SHIFT = 3600.0
_MAX_FACTOR = 1000.0
_MAX_FRAME_SECONDS = 100.0
_VARIABLES = {
    **{name: name for name in ("PTS", "STARTPTS", "TB", "N", "FR", "SR")},
    "FRAME_RATE": "FR",
    "SAMPLE_RATE": "SR",
}
_EXPECTED = (
    "a change of speed such as 0.5*PTS or (PTS-STARTPTS)/2, a shift such as PTS+5/TB,"
    " PTS-STARTPTS, N/FRAME_RATE/TB or N/SR/TB"
)
Power = frozenset[tuple[str, int]]
"""A product of variables, each with its exponent."""
Sum = Mapping[Power, float]
"""A sum of products, each with its coefficient."""
_HELD = re.compile(r"HELD[0-9]+")
"""Stands for `gte(N,number)`: 1 from this frame on, 0 before it."""
_MAX_HELD_SECONDS = 3600.0
_PTS: Power = frozenset({("PTS", 1)})
_START: Power = frozenset({("STARTPTS", 1)})
_SECONDS: Power = frozenset({("TB", -1)})
_COUNTED: Power = frozenset({("N", 1), ("TB", -1)})
_COUNTS: tuple[Power, ...] = (
    _COUNTED,
    frozenset({("N", 1), ("FR", -1), ("TB", -1)}),
    frozenset({("N", 1), ("SR", -1), ("TB", -1)}),
)


@dataclass(frozen=True, slots=True)
class Timing:
    """New timestamps; `factor` is that of the duration, None where frames are counted."""

    text: str
    factor: float | None
    shift: float
    """Seconds by which all frames come later."""


def read_timing(text: str) -> Timing:
    """Return the checked expression; raise ValueError for one of unknown effect."""
    written = read_expression(text)
    try:
        found = _sum(ast.parse(written, mode="eval").body)
    except (ValueError, SyntaxError, ArithmeticError, RecursionError) as exc:
        raise ValueError(f"expected {_EXPECTED}") from exc
    parts = {power: value for power, value in found.items() if value}
    shift = parts.pop(_SECONDS, 0.0)
    if abs(shift) > MAX_SHIFT:
        raise ValueError(f"expected a shift of at most {MAX_SHIFT:.0f} seconds")
    return Timing(written, _factor(parts), shift)


def _factor(parts: dict[Power, float]) -> float | None:
    """Return the factor of the speed; None for counted frames."""
    if len(parts) == 1:
        ((power, value),) = parts.items()
        if power in _COUNTS and 0 < value <= _MAX_FRAME_SECONDS:
            return None
    if _are_held(parts):
        return None
    factor = parts.pop(_PTS, 0.0)
    start = parts.pop(_START, 0.0)
    if parts or (start and abs(start + factor) > 1e-9 * factor):
        raise ValueError(f"expected {_EXPECTED}")
    if not 1 / _MAX_FACTOR <= factor <= _MAX_FACTOR:
        raise ValueError(f"expected a factor from {1 / _MAX_FACTOR:g} to {_MAX_FACTOR:g}")
    return factor


def _are_held(parts: Mapping[Power, float]) -> bool:
    """Return whether each frame comes later than the one before it, by the terms' seconds."""
    held = {power: value for power, value in parts.items() if _is_held(power)}
    base = parts.get(_COUNTED, 0.0)
    others = parts.keys() - held.keys() - {_COUNTED}
    if not held or others or not 0 <= base <= _MAX_FRAME_SECONDS:
        return False
    return all(0 < base + value <= _MAX_HELD_SECONDS for value in held.values())


def _is_held(power: Power) -> bool:
    names = [name for name, _ in power if _HELD.fullmatch(name)]
    return len(names) == 1 and power == {(names[0], 1), ("TB", -1)}


def _sum(node: ast.expr) -> Sum:
    match node:
        case ast.Constant(value=int() | float() as number):
            return {frozenset(): float(number)}
        case ast.Name(id=name) if name in _VARIABLES:
            return {frozenset({(_VARIABLES[name], 1)}): 1.0}
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _scaled(_sum(operand), -1.0)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            return _added(_sum(left), _scaled(_sum(right), 1.0 if type(op) is ast.Add else -1.0))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_sum(left), _sum(right), 1)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _product(_sum(left), _sum(right), -1)
        case ast.Call(func=ast.Name(id=function), args=arguments):
            return _called(function, arguments)
    raise ValueError


def _called(function: str, arguments: list[ast.expr]) -> Sum:
    match function, arguments:
        # round(FRAME_RATE), which people write for rates such as 29.97
        case "round", [ast.Name() as name]:
            return _sum(name)
        case "gte", [ast.Name(id="N"), ast.Constant(value=int() as number)]:
            return {frozenset({(f"HELD{number}", 1)}): 1.0}
    raise ValueError


def _added(left: Sum, right: Sum) -> Sum:
    return {power: left.get(power, 0.0) + right.get(power, 0.0) for power in {**left, **right}}


def _scaled(terms: Sum, factor: float) -> Sum:
    return {power: value * factor for power, value in terms.items()}


def _product(left: Sum, right: Sum, sign: int) -> Sum:
    """Multiply, or with `sign` -1 divide, by a single product."""
    if sign > 0 and len(left) == 1:
        left, right = right, left
    if len(right) != 1:
        raise ValueError
    ((power, value),) = right.items()
    other = {name: exponent * sign for name, exponent in power}
    return {_times(each, other): factor * value**sign for each, factor in left.items()}


def _times(power: Power, other: Mapping[str, int]) -> Power:
    exponents = Counter(dict(power))
    exponents.update(other)
    return frozenset((name, exponent) for name, exponent in exponents.items() if exponent)
