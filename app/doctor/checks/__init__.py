"""One file for each part of an installation. A check yields what it finds; it may raise whatever comes up."""
