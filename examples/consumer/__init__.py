"""A consumer of the public events, to copy from."""
