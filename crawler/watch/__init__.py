"""Every query on sources, feeds and entries, and what their habits tell."""
