"""The services, all of one shape. No service imports another."""
