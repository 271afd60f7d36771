"""Three organizations and their three months, loaded through the same functions as real data."""
