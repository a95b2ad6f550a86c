"""What every test may ask for: see deploy/testing.py and tests/figures.py. deploy/report_logs.py: what a failed one
tells. tests/sharing.py: who runs which of them."""

pytest_plugins = ["deploy.testing", "deploy.report_logs", "tests.figures", "tests.sharing"]
