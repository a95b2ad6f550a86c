"""The official libraries, and the code of docs/webhooks.md as it stands there, verify what the notifier sends."""
