"""Keep what icewire knows: backups, checked, put back without mailing anybody twice; a move to another database."""
