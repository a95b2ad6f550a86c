"""`python -m services.checkout run | migrate`"""

from chassis import verbs
from services.checkout.app import migrate, run
from services.checkout.settings import Settings

if __name__ == "__main__":
    verbs.main("services.checkout", Settings, run=run, migrate=migrate)
