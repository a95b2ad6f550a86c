"""Benchmarks: ratios measured in one run. They are run by hand (`make bench`) and decide no test."""
