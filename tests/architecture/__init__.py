"""The rules that hold across all packages, each checked against the code, the schema and the broker as they are."""
