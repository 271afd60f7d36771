"""What every request goes through: identity, security headers, static files, errors, logs."""
