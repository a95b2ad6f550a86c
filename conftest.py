"""What every test may ask for: see deploy/testing.py and tests/figures.py. tests/sharing.py: who runs which of them."""

pytest_plugins = ["deploy.testing", "tests.figures", "tests.sharing"]
