"""A file of labelled stories, judged: what is right of the topic, and what another topic file would change."""
