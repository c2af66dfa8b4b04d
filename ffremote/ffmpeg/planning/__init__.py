"""Plans a job: from its spec and the properties of its input to command lines; pure functions.

`planner` makes the plan, `command` writes its passes, `expected` predicts the result.
Imports `streams`, `formats`, `policy` and `model`; starts no process.
"""
