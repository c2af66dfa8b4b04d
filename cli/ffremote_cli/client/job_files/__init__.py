"""The files of a job that has several: listed, their names checked, downloaded into a directory."""
