"""Editions, profiles and waivers; measurements judged against criteria, with the reason for each outcome."""
