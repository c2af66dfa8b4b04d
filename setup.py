"""Lets old tools build the project; everything stands in setup.cfg."""

from setuptools import setup

setup()
