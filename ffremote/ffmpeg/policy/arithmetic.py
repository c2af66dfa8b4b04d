"""Evaluate the size expressions of filters that are plain arithmetic."""

import ast
import math
import operator
from collections.abc import Callable, Mapping

_OPERATORS: dict[type[ast.operator], Callable[..., float | complex]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    # of floats, because powers of whole numbers grow without bound
    ast.Pow: lambda base, exponent: float(base) ** float(exponent),
}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "sqrt": math.sqrt,
    "trunc": math.trunc,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": lambda value: math.floor(value + 0.5),
    "min": min,
    "max": max,
}


def evaluate(text: str, names: Mapping[str, float]) -> float | None:
    """Return the value of `text`, or None if it is more than arithmetic on `names`.

    FFmpeg's syntax and Python's agree on numbers, names, calls, `+ - * /` and parentheses.
    """
    try:
        return _value(ast.parse(text.strip(), mode="eval").body, names)
    except (SyntaxError, ValueError, ArithmeticError, TypeError, RecursionError):
        return None


def _value(node: ast.expr, names: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, names)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            value = _OPERATORS[type(op)](_value(left, names), _value(right, names))
            if not isinstance(value, complex):
                return float(value)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return float(_FUNCTIONS[name](*(_value(each, names) for each in args)))
    raise ValueError("not plain arithmetic")
