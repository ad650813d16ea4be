"""Which sites to visit and which cases to examine, and what the examined ones say about all of them.

Samples are drawn by a seed and a purpose, so that anyone can draw them again and nobody can steer them;
limits are exact. Forms are bytes in and bytes out.
"""
