"""The client library: one typed call for each HTTP operation of the server.

`client` is the public class, `http` sends one request, `transfer` moves files.
Imports `errors` and `file_names`; prints nothing.
"""
