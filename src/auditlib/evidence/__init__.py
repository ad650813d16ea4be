"""The only door to data: clients' files become canonical tables, quarantine, hashes and cells."""
