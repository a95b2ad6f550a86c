"""The API as its own reference describes it, called with whatever the reference allows, and with what it does not."""
