"""FFmpeg seen from outside: the only room that knows it."""
