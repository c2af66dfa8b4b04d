"""How the bytes of an upload are written: to the disk, or to the disk and behind it to a bucket."""
