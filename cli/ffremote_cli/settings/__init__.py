"""Options, environment and configuration file, and the job JSON from options.

An option overrides the environment, that the profile, that the default.
Imports `workflow` and `client`; `ui` and the commands import it.
"""
