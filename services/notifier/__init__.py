"""Webhooks: every public event, signed, to every endpoint of its merchant, five attempts through delay topics."""
