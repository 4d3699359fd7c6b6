"""`python -m scheduler` is `icewire`. So a crawl is started: what is called so is not loaded again in its workers."""

from scheduler.cli import main

if __name__ == "__main__":
    main()
