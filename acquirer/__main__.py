"""`python -m acquirer migrate | run`."""

from acquirer.app import migrate, run
from acquirer.settings import AcquirerSettings
from chassis.verbs import main

main("acquirer", AcquirerSettings, run=run, migrate=migrate)
