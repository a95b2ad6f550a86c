"""The whole stack, from a POST to a signed webhook at the shop."""
