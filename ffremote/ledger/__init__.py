"""What a worker asks of the registry of jobs: the protocol `Ledger` and the values that it passes.

It knows no SQL, so that a worker imports none; `ffremote.registry` is the registry in a database.
"""
