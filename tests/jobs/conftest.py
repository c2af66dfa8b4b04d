"""The tests of jobs run on both databases."""

from tests.support.both_databases import database_url, template

__all__ = ["database_url", "template"]
