"""Writes LUTs anew in one format, which FFmpeg reads."""

from pathlib import Path

from .luts import FULL_RANGE, read_lut


def write_lut(source: Path, target: Path) -> None:
    """Write the LUT in `source` as a .cube file of ours; raise TranscodeError as `read_lut`."""
    lut = read_lut(source)
    values = iter(lut.values)
    with target.open("x", encoding="ascii") as file:
        file.write(f"LUT_{lut.dimensions}D_SIZE {lut.size}\n")
        if lut.domain != FULL_RANGE:  # FFmpeg reads it behind the size only
            for name, ends in zip(("MIN", "MAX"), zip(*lut.domain, strict=True), strict=True):
                file.write(f"DOMAIN_{name} {' '.join(f'{each:.9g}' for each in ends)}\n")
        for each in zip(values, values, values, strict=True):
            file.write("{:.9g} {:.9g} {:.9g}\n".format(*each))
