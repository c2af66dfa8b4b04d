"""The library: one call per thing that a server can do, over HTTP.

`client` is the public class, `http` one request, `transfer` uploads and downloads.
Imports `errors` and `file_names`; prints nothing.
"""
