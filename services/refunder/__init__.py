"""Executes refunds and reversals at the acquirer. From refund.commands to refund.results."""
