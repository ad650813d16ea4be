"""Recorded results become the documents that are handed over; no number is computed here."""
