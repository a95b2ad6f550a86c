"""The test shop at a real gateway."""
