"""`python -m services.refunder run | migrate`"""

from chassis import verbs
from services.refunder.app import migrate, run
from services.refunder.settings import Settings

if __name__ == "__main__":
    verbs.main("services.refunder", Settings, run=run, migrate=migrate)
