"""The audit over every service's rows: silent when all is well, and naming what is wrong when it is not."""
