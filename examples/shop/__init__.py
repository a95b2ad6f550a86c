"""The test merchant: a small shop that sells through the checkout, and checks every webhook that it gets."""
