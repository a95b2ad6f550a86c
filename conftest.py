"""What every test may ask for: see deploy/testing.py and tests/figures.py."""

pytest_plugins = ["deploy.testing", "tests.figures"]
