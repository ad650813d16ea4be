"""Rows of databases: where one is, what it offers, a snapshot per kind, and the copy that is read."""
