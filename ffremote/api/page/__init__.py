"""The page for people at `/`: one HTML document, and the modules that its browser runs.

The document holds no data; its script calls the API like any other client.
"""
