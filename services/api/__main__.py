"""`python -m services.api run | migrate | seed`"""

from chassis import verbs
from services.api.app import migrate, run
from services.api.seed import seed
from services.api.settings import Settings

if __name__ == "__main__":
    verbs.main("services.api", Settings, run=run, migrate=migrate, seed=seed)
