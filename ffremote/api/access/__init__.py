"""Access control: tokens, Host and Origin checks, CORS.

`guard` installs all of them on the app.
Imports nothing else of `api`; `app` and the command line import it.
"""
