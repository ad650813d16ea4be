"""What is owed after a trigger, by whom, by when, and whether it was done: one engine for all rooms."""
