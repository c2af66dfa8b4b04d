"""Lists of bitstream filters (`-bsf`), with their parameters."""

from .tables import names, table
from .value_rules import read_value


def read_bitstream_filters(text: str) -> str:
    """Return `name=key=value:key=value,name` rebuilt from checked parts; raise ValueError."""
    return ",".join(_filter(each) for each in text.split(","))


def _filter(text: str) -> str:
    name, equals, rest = text.partition("=")
    known = names("bitstream_filters")
    if name not in known:
        raise ValueError(f"expected a list of {', '.join(sorted(known))}")
    if not equals:
        return name
    found: dict[str, str] = {}
    for part in rest.split(":"):
        key, _, value = part.partition("=")
        if key in found:
            raise ValueError(f"the parameter {key[:40]!r} of {name} is given twice")
        found[key] = _value(name, key, value)
    return f"{name}={':'.join(f'{key}={value}' for key, value in found.items())}"


def _value(name: str, key: str, value: str) -> str:
    allowed = table("bitstream").get(name, {})
    if key not in allowed:
        keys = f"those of {name} are {', '.join(allowed)}" if allowed else f"{name} has none here"
        raise ValueError(f"the parameter {key[:40]!r} is not allowed: {keys}")
    try:
        return read_value(allowed[key], value)
    except ValueError as exc:
        raise ValueError(f"{name}={key}: {exc}") from exc
