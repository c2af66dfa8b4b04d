"""Sequences of pictures: found by a pattern, and sent as one archive that is made while it is sent.

No command offers them yet: the server does not take them.
"""
