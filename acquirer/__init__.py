"""The outside world, simulated: what would be a bank's or a network's interface in a real gateway."""
