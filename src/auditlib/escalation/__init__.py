"""Every follow-up clock after a survey response, re-performed from raw events."""
