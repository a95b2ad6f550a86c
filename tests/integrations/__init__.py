"""What integrations do with the public events, and what they may rely on."""
