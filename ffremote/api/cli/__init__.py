"""Commands of `flask` for operators: cleanup, backup, doctor, token.

They share the configuration and the app with the server.
Imports the rest of `api`; only `app` imports it.
"""
