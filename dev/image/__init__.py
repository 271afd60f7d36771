"""The steps of the container image, on a machine without a builder: `make image-steps`."""
