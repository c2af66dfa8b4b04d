"""Transfers: resumable uploads, and downloads that resume and are verified.

State on disk lets another process continue an interrupted transfer.
Imports `http` and the modules below it in `client`; `client.client` imports it.
"""
