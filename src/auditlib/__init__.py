"""Audit a customer-service operation, from raw exports to a report that can be verified.

Importing this package loads no statistics stack; each room imports what it uses.
ARCHITECTURE.md says which room holds what.
"""

__version__ = "0.1.0"
