"""The HTTP routes, one blueprint each.

A route reads the request, calls `jobs` or `ffmpeg`, and represents the result.
Imports everything of `api` but `app` and `main`, which import it.
"""
