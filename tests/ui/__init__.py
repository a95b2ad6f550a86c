"""What is checked of `ui/` beside its style and its types, which `make lint types` look at."""
