"""A depot in a bucket of an S3 server: a module for each verb, and `depot` over all of them.

Imported only where an object store is set, because boto3 takes a third of a second and 30 MB.
"""
