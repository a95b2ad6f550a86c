"""How the stack is started: without containers (deploy.embedded) or with them (docker-compose.yml)."""
