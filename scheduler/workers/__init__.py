"""Work shared out to any number of machines, with PostgreSQL alone: the only room that knows Procrastinate."""
