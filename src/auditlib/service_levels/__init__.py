"""Waiting, abandonment and resolution in the contact channels."""
