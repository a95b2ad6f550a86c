"""What a person runs against a stack: `make demo`, `make tail`, `make audit`, `make test-compose`."""
