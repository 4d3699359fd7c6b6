"""What breaks a reader of foreign bytes: a kept corpus, mutated, and each input held to a time and a memory."""
