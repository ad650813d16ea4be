"""Audits executed: papermill, progress, resume, manifest, verification, re-performance, trace."""
