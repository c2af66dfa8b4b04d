"""Where whole files live: finished uploads and published results, by keys instead of paths.

A file arrives and is made in the `Storage` of a host; from there it is kept under a key that only
one writer ever uses, and the row in the registry decides whether the key counts.
"""
