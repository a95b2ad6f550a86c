"""`python -m services.dashboard run | migrate | seed`"""

from chassis import verbs
from services.dashboard.app import migrate, run
from services.dashboard.seed import seed
from services.dashboard.settings import Settings

if __name__ == "__main__":
    verbs.main("services.dashboard", Settings, run=run, migrate=migrate, seed=seed)
