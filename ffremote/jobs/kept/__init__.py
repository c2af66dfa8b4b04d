"""Whole files of all jobs and uploads as rows know them: how many bytes they take."""
