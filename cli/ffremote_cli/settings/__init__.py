"""Options, environment and configuration file, and the job that options make.

An option wins over the environment, that over the profile, that over the default.
Imports `workflow` and `client`; `ui` and the commands import it.
"""
