"""Jobs that begin while their input arrives: which may, and their command lines."""
