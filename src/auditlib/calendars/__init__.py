"""Business time: elapsed and deadline, exact inverses, over windows, holidays and clock changes."""
