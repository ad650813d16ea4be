"""The register of pay that is tied to satisfaction."""
