"""What every test may ask for: see deploy/testing.py."""

pytest_plugins = ["deploy.testing"]
