"""Builds a release and checks it; the forge's workflow publishes what this leaves in dist/."""
