"""The gateway beside a plain model of it: whatever is done, in whatever order, both say the same."""
