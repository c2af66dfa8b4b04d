"""Sequences of pictures: found by a pattern, sent as one archive that is made while it is sent."""
