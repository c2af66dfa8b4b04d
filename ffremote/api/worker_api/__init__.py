"""What the API of workers does: bodies with bounds, claims of a token, results, lost workers.

A worker over HTTP may lie. It may spoil the jobs that it was given; it reads and changes nothing
else, and every body, file and list that it sends has a limit. The routes are in `api.routes`.
"""
