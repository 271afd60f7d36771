"""`make lighthouse`: Lighthouse's four categories on every page, signed in, on a desktop and on a phone."""
