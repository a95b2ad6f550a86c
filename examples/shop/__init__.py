"""The test merchant: takes Paygate's webhooks, checks every byte of them, and misbehaves when it is told to."""
