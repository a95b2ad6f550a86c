"""`python -m services.notifier run | migrate | seed`"""

from chassis import verbs
from services.notifier.app import migrate, run
from services.notifier.seed import seed
from services.notifier.settings import Settings

if __name__ == "__main__":
    verbs.main("services.notifier", Settings, run=run, migrate=migrate, seed=seed)
