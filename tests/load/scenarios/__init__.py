"""What `make bench` measures, a scenario in each module."""
