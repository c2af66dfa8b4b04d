"""FFmpeg's expressions, restricted to functions that terminate and have no side effects."""

import re

_FUNCTIONS = """
    abs acos alpha asin atan atan2 b between bitand bitor cb ceil clip cos cosh cr eq exp floor g
    gammaval gammaval709 gauss gcd gt gte hypot if ifnot isinf isnan lerp log lt lte lum max min mod
    not p pow r roth rotw round sgn sin sinh sqrt squish tan tanh trunc
"""
_CONSTANTS = """
    B BOTTOMFIRST E FR FRAME_RATE H I N NAN NB_SAMPLES P PHI PI PICT_TYPE_B PICT_TYPE_I PICT_TYPE_P
    PREV_INPTS PREV_OUTPTS PROGRESSIVE PTS S SAMPLE_RATE SH SR STARTPTS STARTT SW T TB TOPFIRST W X
    Y a ascent bottom_d ch clipval consumed_samples_n cw dar descent duration font_a font_d h hsub
    ih in in_h in_time in_w interlace_type it iw key lh line_h main_h main_w max_glyph_a max_glyph_d
    max_glyph_h max_glyph_w maxval minval n nb_channels nb_consumed_samples nb_samples negval oh
    ohsub on ot out_h out_time out_w overlay_h overlay_w ovsub ow pduration pict_type pkt_duration
    pkt_size pos prev_pts prev_selected_n prev_selected_pts prev_selected_t prev_t pts px py pzoom
    sample_rate samples_n sar scene selected_n start_pts start_t startt t tb text_h text_w th time
    top_a tw val volume vsub w x y zoom
"""
FUNCTIONS = frozenset(_FUNCTIONS.split())
CONSTANTS = frozenset(_CONSTANTS.split())
MAX_LENGTH = 300
MAX_DEPTH = 12

_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+|[A-Za-z_][A-Za-z0-9_]*|[-+*/^(),]", re.ASCII)
_SPACE = re.compile(r"[ ]+")


def read_expression(text: str) -> str:
    """Return the expression without spaces; raise ValueError if it is outside the grammar.

    `while`, `st`, `ld`, `print`, `random`, `root` and `taylor` are excluded: the first may never
    end, the others keep state, print, or take seconds.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(f"an expression has at most {MAX_LENGTH} characters")
    tokens = _tokens(text)
    end = _sum(tokens, 0, 0)
    if end != len(tokens):
        raise ValueError(f"unexpected {tokens[end]!r} in the expression")
    return "".join(tokens)


def read_clipped(text: str, most: int) -> str:
    """Return the expression bounded to 1 … `most`; a plain number within stays as it is."""
    written = read_expression(text)
    is_plain = re.fullmatch(r"[0-9]{1,5}", written, re.ASCII) and 1 <= int(written) <= most
    return written if is_plain else f"clip({written},1,{most})"


def _tokens(text: str) -> list[str]:
    tokens, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place) or _SPACE.match(text, place)
        if match is None:
            raise ValueError(f"unexpected {text[place]!r} in the expression")
        if match[0].strip():
            tokens.append(match[0])
        place = match.end()
    if not tokens:
        raise ValueError("the expression is empty")
    return tokens


def _sum(tokens: list[str], at: int, depth: int) -> int:
    """Return the position after operands joined by operators."""
    at = _operand(tokens, at, depth)
    while at < len(tokens) and tokens[at] in "+-*/^":
        at = _operand(tokens, at + 1, depth)
    return at


def _operand(tokens: list[str], at: int, depth: int) -> int:
    if depth > MAX_DEPTH:
        raise ValueError(f"the expression is nested deeper than {MAX_DEPTH} levels")
    if at >= len(tokens):
        raise ValueError("the expression ends too early")
    token = tokens[at]
    if token in "+-":
        return _operand(tokens, at + 1, depth + 1)
    if token == "(":
        return _expect_close(tokens, _sum(tokens, at + 1, depth + 1))
    if token[0].isdigit() or token[0] == ".":
        return at + 1
    if at + 1 < len(tokens) and tokens[at + 1] == "(":
        return _call(tokens, at, depth)
    if token not in CONSTANTS:
        raise ValueError(f"unknown constant {token!r} in the expression")
    return at + 1


def _call(tokens: list[str], at: int, depth: int) -> int:
    if tokens[at] not in FUNCTIONS:
        raise ValueError(f"the function {tokens[at]!r} is not allowed in expressions")
    at = _sum(tokens, at + 2, depth + 1)
    while at < len(tokens) and tokens[at] == ",":
        at = _sum(tokens, at + 1, depth + 1)
    return _expect_close(tokens, at)


def _expect_close(tokens: list[str], at: int) -> int:
    if at >= len(tokens) or tokens[at] != ")":
        raise ValueError("a parenthesis is not closed")
    return at + 1
