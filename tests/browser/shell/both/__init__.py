"""What is done in the demo's shell in Chromium and in Firefox."""
