"""Every `verify` of docs/verification.md, run where its language is installed."""
