"""Units compared on satisfaction, with what chance and over-dispersion explain set apart."""
