"""Files on their way: resumable uploads and verified downloads.

State on disk makes an interrupted transfer continue in another process.
Imports `http` and what lies below it in `client`; `client.client` imports it.
"""
