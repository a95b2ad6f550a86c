"""`python -m services.processor run | migrate`"""

from chassis import verbs
from services.processor.app import migrate, run
from services.processor.settings import Settings

if __name__ == "__main__":
    verbs.main("services.processor", Settings, run=run, migrate=migrate)
