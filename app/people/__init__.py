"""People, the organizations they belong to, and their signed-in browsers."""
