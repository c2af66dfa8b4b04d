"""From a job and the properties of its input to command lines; pure functions.

`planner` makes the plan, `command` writes it, `expected` says what must come of it.
Imports `streams`, `formats`, `policy` and `model`; starts no process.
"""
